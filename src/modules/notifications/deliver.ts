import { ProviderOpen } from '../../breakers.ts';
import type { Ctx } from '../../context.ts';
import type { JobRun } from '../../queue/define.ts';
import { CARRIERS } from './channels/carriers.ts';
import { PermanentFailure, reasonOf, TemporaryFailure, Unreachable } from './channels/channel.ts';
import { type Claim, claim, type Delivery, finish, finishSent, SEND_DEADLINE } from './lease.ts';
import type { Recorded } from './record.ts';

/** How one channel came out of this run: done for good, to be tried again, or to wait without counting. */
export type Outcome = { kind: 'done' } | { kind: 'again' } | { kind: 'wait'; ms: number; reason: string };

const DONE: Outcome = { kind: 'done' };

type Run = Pick<JobRun, 'attempt' | 'maxAttempts'>;

/**
 * Sends what is still to be sent, on all channels at once: what is queued. When nothing of the job is left to do, nor
 * `isWaiting` for the morning, a first attempt takes up what failed: the job was over, so somebody has asked for it again.
 * Rejects only when the database fails.
 */
export async function deliver(
  ctx: Ctx,
  run: Run,
  recorded: readonly Recorded[],
  isWaiting: boolean,
): Promise<Outcome[]> {
  const queued = inState(recorded, 'queued');
  const isAskedAgain = run.attempt === 1 && queued.length === 0 && !isWaiting;
  const open = isAskedAgain ? inState(recorded, 'failed') : queued;
  const results = await Promise.allSettled(open.map(([one, delivery]) => attempt(ctx, run, one, delivery)));
  return results.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
}

const inState = (recorded: readonly Recorded[], wanted: Delivery['state']): [Recorded, Delivery][] =>
  recorded.flatMap((one) =>
    one.deliveries
      .filter(({ state }) => state === wanted)
      .map((delivery): [Recorded, Delivery] => [one, delivery]),
  );

async function attempt(ctx: Ctx, run: Run, recorded: Recorded, delivery: Delivery): Promise<Outcome> {
  const claimed: Claim = recorded.isNew
    ? { kind: 'send', attempt: delivery.attempts }
    : await claim(ctx, delivery);
  if (claimed.kind === 'over') return DONE;
  if (claimed.kind === 'busy') return { kind: 'wait', ms: claimed.ms, reason: 'another run sends' };
  return send(ctx, run, recorded, delivery, claimed.attempt);
}

async function send(
  ctx: Ctx,
  run: Run,
  { notificationId, createdAt, notice }: Recorded,
  delivery: Delivery,
  attempt: number,
): Promise<Outcome> {
  const { id, channel } = delivery;
  const { provider, send: carry } = CARRIERS[channel];
  // The same at every attempt, so that whoever gets it twice can tell.
  const key = `delivery-${notificationId}-${createdAt.epochMilliseconds.toString(36)}`;
  const call = () => inTime(carry(ctx, { ...notice, notificationId, key }, notice.recipient));
  const span = ctx.services.tracing?.start(`deliver ${channel}`, {
    kind: 'client',
    parent: ctx.span?.traceparent,
    attributes: { channel, 'delivery.attempt': attempt },
  });
  const answer = await ctx.services.breakers.call(provider, call, isOutage).then(
    ({ providerId }) => ({ providerId }),
    (error: unknown) => ({ error }),
  );
  span?.end({}, 'error' in answer);
  if (!('error' in answer)) {
    const { providerId } = answer;
    await finishSent(ctx, { id, attempt, sentAt: Temporal.Now.instant(), providerId });
    ctx.services.log.debug({ notificationId, channel, attempt }, 'delivered');
    return DONE;
  }
  const { error } = answer;
  if (error instanceof ProviderOpen) {
    await finish(ctx, delivery, attempt, { attempts: attempt - 1 });
    return { kind: 'wait', ms: error.retryInMs, reason: error.message };
  }
  const state = stateAfter(error, run, attempt);
  const reason = reasonOf(error);
  await finish(ctx, delivery, attempt, { state, error: reason });
  ctx.services.log.warn({ notificationId, channel, attempt, state, reason }, 'delivery');
  return isFinal(error) ? DONE : { kind: 'again' };
}

const isFinal = (error: unknown): boolean =>
  error instanceof PermanentFailure || error instanceof Unreachable;

/** What tells that the provider is in trouble, rather than the message or the recipient. */
const isOutage = (error: unknown): boolean => !isFinal(error);

/** `queued` as long as the job comes again; attempts go on counting when somebody asks for another round. */
function stateAfter(
  error: unknown,
  { attempt, maxAttempts }: Run,
  attemptOfRow: number,
): 'failed' | 'skipped' | 'queued' {
  if (error instanceof Unreachable) return 'skipped';
  const isLast = attempt >= maxAttempts || attemptOfRow % maxAttempts === 0;
  return isLast || error instanceof PermanentFailure ? 'failed' : 'queued';
}

/** @throws TemporaryFailure when the provider takes too long; what it does after that is not known. */
async function inTime<T>(sending: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new TemporaryFailure('no answer in time')), SEND_DEADLINE);
  try {
    return await Promise.race([sending, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
