import type { Ctx, Services, UserActor } from '../context.ts';
import { user } from '../access/ownership.ts';
import { AppError } from '../errors.ts';

/** An event for the client; with an `id` the client can go on behind it after a break. */
export type StreamEvent = { id?: string; kind: string; data: object };

/** What a stream tells: events until `signal` ends it, those behind `after` first if the client lost its connection. */
export type StreamSource = (
  ctx: Ctx,
  options: { after: string | undefined; signal: AbortSignal },
) => AsyncIterable<StreamEvent> | Promise<AsyncIterable<StreamEvent>>;

/** Streams that one person may have open at one instance: tabs and devices. */
const MOST_STREAMS = 10;
/** Well below the idle time-outs of proxies (commonly 60 s) and of our server (main.ts). */
const HEARTBEAT = 15_000;
/** Milliseconds after which a client that lost its connection should come back. */
const COME_BACK = 3_000;

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store, no-transform',
  // nginx would otherwise collect the events before it passes them on.
  'x-accel-buffering': 'no',
};

/** How the answer is documented: a route with a stream has no JSON schema. */
export const streamAnswer = (description: string) => ({
  200: { description, content: { 'text/event-stream': { schema: { type: 'string' as const } } } },
});

/**
 * Answers with server-sent events: `id`, `event` and `data` (JSON). A comment every 15 seconds keeps proxies from
 * closing it. It ends when the source ends, the client goes, the service stops, or, at the next heartbeat, when the
 * session was closed or its rights changed: the client comes back and is judged anew.
 * @throws AppError RATE_LIMITED when the person has ten streams open
 */
export async function sse(
  ctx: Ctx,
  request: Request,
  source: StreamSource,
  { heartbeatMs = HEARTBEAT }: { heartbeatMs?: number } = {},
): Promise<Response> {
  const leave = enter(ctx.services, user(ctx).userId);
  const gone = new AbortController();
  try {
    const after = request.headers.get('last-event-id') ?? undefined;
    const events = await source(ctx, { after, signal: gone.signal });
    const frames = framesOf(ctx, events, heartbeatMs);
    const encoder = new TextEncoder();
    const end = () => {
      gone.abort();
      leave();
    };
    const body = new ReadableStream<Uint8Array>({
      pull: async (stream) => {
        try {
          const { value, done } = await frames.next();
          if (value !== undefined) return stream.enqueue(encoder.encode(value));
          if (done) stream.close();
        } catch {
          // The client comes back; what failed is in the log of the one who failed.
          stream.close();
        }
        end();
      },
      cancel: end,
    });
    return new Response(body, { headers: HEADERS });
  } catch (error) {
    gone.abort();
    leave();
    throw error;
  }
}

async function* framesOf(
  ctx: Ctx,
  source: AsyncIterable<StreamEvent>,
  heartbeatMs: number,
): AsyncGenerator<string, undefined> {
  const events = source[Symbol.asyncIterator]();
  const take = () => {
    const next = events.next();
    // Nobody waits for it any more when the client has gone.
    next.catch(() => undefined);
    return next;
  };
  yield `retry: ${COME_BACK}\n\n`;
  let next = take();
  let beatAt = performance.now() + heartbeatMs;
  for (;;) {
    const result = await orAfter(beatAt - performance.now(), next);
    if (result === LATE) {
      if (!(await isStillAllowed(ctx))) return;
      beatAt = performance.now() + heartbeatMs;
      yield ': still here\n\n';
    } else if (result.done) {
      return;
    } else {
      next = take();
      yield frameOf(result.value);
    }
  }
}

const frameOf = ({ id, kind, data }: StreamEvent): string =>
  `${id === undefined ? '' : `id: ${id}\n`}event: ${kind}\ndata: ${JSON.stringify(data)}\n\n`;

const LATE = Symbol('late');

async function orAfter<T>(ms: number, work: Promise<T>): Promise<T | typeof LATE> {
  const late = Promise.withResolvers<typeof LATE>();
  const timer = setTimeout(() => late.resolve(LATE), Math.max(0, ms));
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

async function isStillAllowed(ctx: Ctx): Promise<boolean> {
  const before = user(ctx);
  const now = await ctx.services.sessions.find(before.sessionId);
  return now !== null && rightsOf(now) === rightsOf(before);
}

const rightsOf = ({ role, grants, isSuperuser, patientId, therapistId }: UserActor): string =>
  JSON.stringify([role, grants, isSuperuser, patientId, therapistId]);

const open = new WeakMap<Services, Map<number, number>>();

/** Counts a stream of the person in; returns what counts it out, once. */
function enter(services: Services, userId: number): () => void {
  const counts = open.get(services) ?? new Map<number, number>();
  open.set(services, counts);
  const others = counts.get(userId) ?? 0;
  if (others >= MOST_STREAMS) throw new AppError('RATE_LIMITED', undefined, COME_BACK / 1000);
  counts.set(userId, others + 1);
  let inside = true;
  return () => {
    if (!inside) return;
    inside = false;
    const left = (counts.get(userId) ?? 1) - 1;
    if (left > 0) counts.set(userId, left);
    else counts.delete(userId);
  };
}
