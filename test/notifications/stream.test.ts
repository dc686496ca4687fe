import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { eq } from 'drizzle-orm';
import { Elysia } from 'elysia';
import { publish } from '../../src/live/publish.ts';
import { transaction } from '../../src/context.ts';
import { sse } from '../../src/http/sse.ts';
import { handle } from '../../src/modules/notifications/send-user-notice.ts';
import { notificationStream } from '../../src/modules/notifications/live.ts';
import { sessions } from '../../src/modules/users/tables.ts';
import { authenticate } from '../../src/access/authenticate.ts';
import { startInstances } from '../appointments/instances.ts';
import { type Client, startTestApp, type TestApp } from '../harness.ts';
import { hear } from '../live/events.ts';
import { until } from '../queue/until.ts';
import { testRedis } from '../services.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

let events = 0;
/** Tells somebody that a report is ready, as a worker does. */
async function tell(userId: number, title = 'Caja') {
  const run = {
    id: `stream-${(events += 1)}`,
    attempt: 1,
    maxAttempts: 3,
    signal: new AbortController().signal,
    progress: async () => undefined,
  };
  const data = { title: { es: title, en: title } };
  await handle(app.ctx(), { kind: 'report_ready', userId, data }, run);
}

const streamOf = async (client: Client, headers: Record<string, string> = {}) => {
  const response = await app.app.handle(
    new Request('http://localhost/api/notifications/stream/', {
      headers: { authorization: `Bearer ${client.token}`, ...headers },
    }),
  );
  return { response, ...hear(response) };
};

const bodies = (stream: { heard: { data: Record<string, unknown> }[] }) =>
  stream.heard.map(({ data }) => (data['body'] as string).length > 0 && data['kind']);

describe('the stream of own notifications', () => {
  test('tells the owner what the list shows, and nobody else', async () => {
    const [owner, other] = [await app.as('supervisor'), await app.as('administrator')];
    const [own, others] = [await streamOf(owner), await streamOf(other)];
    expect(own.response.status).toBe(200);
    expect(own.response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(own.response.headers.get('x-accel-buffering')).toBe('no');
    expect(own.response.headers.get('cache-control')).toContain('no-store');
    expect(own.response.headers.get('x-content-type-options')).toBe('nosniff');
    await tell(owner.userId);
    await until('the notification', () => own.heard.length > 0 || undefined);
    const { json } = await owner.request('GET', '/api/notifications/');
    expect(own.heard[0]).toMatchObject({
      event: 'notification',
      data: { id: json.results[0].id, title: json.results[0].title },
    });
    await Bun.sleep(700);
    expect(others.heard).toEqual([]);
    await Promise.all([own.stop(), others.stop()]);
  });

  test('goes on where the connection broke off', async () => {
    const owner = await app.as('supervisor');
    const first = await streamOf(owner);
    await tell(owner.userId);
    await until('the first', () => first.heard.length === 1 || undefined);
    await first.stop();
    await tell(owner.userId);
    await tell(owner.userId);
    const second = await streamOf(owner, { 'last-event-id': first.heard[0]?.id ?? '' });
    await tell(owner.userId);
    await until('the rest', () => second.heard.length === 3 || undefined);
    await Bun.sleep(600);
    expect(bodies(second)).toEqual(['report_ready', 'report_ready', 'report_ready']);
    const ids = [...first.heard, ...second.heard].map(({ data }) => data['id']);
    expect(new Set(ids).size).toBe(4);
    await second.stop();
  });

  test('needs a login, and ten of one person are enough', async () => {
    expect((await app.request('GET', '/api/notifications/stream/')).status).toBe(401);
    const owner = await app.as('patient');
    const open = await Promise.all(Array.from({ length: 10 }, () => streamOf(owner)));
    const refused = await owner.request('GET', '/api/notifications/stream/');
    expect([refused.status, refused.json.code, refused.headers.get('retry-after')]).toEqual([
      429,
      'RATE_LIMITED',
      '3',
    ]);
    await open[0]?.stop();
    const again = await streamOf(owner);
    expect(again.response.status).toBe(200);
    await Promise.all([...open.slice(1), again].map((one) => one.stop()));
  });

  test('beats, and ends at the next beat when the session is closed', async () => {
    const owner = await app.as('patient');
    const server = new Elysia()
      .get('/', async ({ request }) => {
        const actor = await authenticate(app.services, `Bearer ${owner.token}`);
        return sse({ ...app.ctx(), actor, scopes: ['own'] }, request, notificationStream, {
          heartbeatMs: 50,
        });
      })
      .listen({ port: 0, hostname: '127.0.0.1' });
    const stream = hear(await fetch(`http://127.0.0.1:${server.server?.port}/`));
    await until(
      'two beats',
      () => stream.comments.filter((one) => one.startsWith(':')).length >= 2 || undefined,
    );
    expect(stream.ended()).toBe(false);
    await app.services.db
      .update(sessions)
      .set({ revokedAt: Temporal.Now.instant() })
      .where(eq(sessions.userId, owner.userId));
    await until('the end', () => stream.ended() || undefined, 1_000);
    await server.stop(true);
  });

  test('what is rolled back is not told', async () => {
    const owner = await app.as('patient');
    const stream = await streamOf(owner);
    const failing = transaction(app.ctx(), async (tx) => {
      publish(tx, `user:${owner.userId}`, 'notification', { id: 1 });
      throw new Error('no');
    });
    expect(failing).rejects.toThrow('no');
    await Bun.sleep(700);
    expect(stream.heard).toEqual([]);
    await stream.stop();
  });
});

describe.each([{ by: 'Redis' }, { by: 'the database alone' }])('two instances joined by $by', ({ by }) => {
  test('tell what happened on the other, and end their streams when they stop', async () => {
    const redis: Record<string, string> = by === 'Redis' ? { REDIS_URL: await testRedis() } : {};
    const owner = await app.as('supervisor');
    const { instances, stop } = await startInstances(app, 2, redis);
    const streams = await Promise.all(
      instances.map(async ({ url }) =>
        hear(
          await fetch(`${url}/api/notifications/stream/`, {
            headers: { authorization: `Bearer ${owner.token}` },
          }),
        ),
      ),
    );
    await tell(owner.userId);
    await until('both hear', () => streams.every(({ heard }) => heard.length === 1) || undefined, 7_000);
    const cursor = streams[0]?.heard[0]?.id ?? '';
    await tell(owner.userId);
    const resumed = hear(
      await fetch(`${instances[1]?.url}/api/notifications/stream/`, {
        headers: { authorization: `Bearer ${owner.token}`, 'last-event-id': cursor },
      }),
    );
    await until('the second, on the other instance', () => resumed.heard.length === 1 || undefined, 7_000);
    const stopping = stop();
    await Promise.all([...streams, resumed].map(({ done }) => done));
    expect(await stopping).toEqual([0, 0]);
  }, 60_000);
});
