import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eq } from 'drizzle-orm';
import { createClient } from 'redis';
import { redisSessions } from '../../src/access/redis-sessions.ts';
import { createApp } from '../../src/app.ts';
import { databaseCounters } from '../../src/db/counters.ts';
import { redisCounters } from '../../src/db/redis-counters.ts';
import { sessions, users } from '../../src/modules/users/tables.ts';
import { requestTo, startTestApp, type TestApp } from '../harness.ts';
import { startRedis } from '../redis.ts';
import { testRedis } from '../services.ts';
import { login, registered } from './account.ts';

let app: TestApp;
const closing: (() => void)[] = [];

beforeAll(async () => {
  app = await startTestApp({ TRUST_PROXY: 'true' });
});
afterAll(async () => {
  for (const close of closing) close();
  await app.close();
});

/** An instance of the service on the test's database whose sessions and counters are in this Redis. */
async function instance(url: string) {
  const client = createClient({ url, disableOfflineQueue: true, socket: { reconnectStrategy: false } });
  client.on('error', () => undefined);
  await client.connect();
  closing.push(() => client.isOpen && client.destroy());
  const { db } = app.services;
  const services = {
    ...app.services,
    sessions: redisSessions(db, client),
    counters: redisCounters(client, databaseCounters(db)),
  };
  return { client, request: requestTo(createApp(services)) };
}

const verify = async ({ request }: Pick<TestApp, 'request'>, token: string) => {
  const { status, json } = await request('GET', '/api/auth/verify/', { token });
  return status === 200 ? 200 : String(json.code);
};

const both = async () => {
  const url = await testRedis();
  return [await instance(url), await instance(url)] as const;
};

describe('two instances with one Redis', () => {
  test('know the same sessions, and a logout on one is in force on the other at once', async () => {
    const [one, two] = await both();
    const me = await registered(app);
    for (let round = 0; round < 10; round++) {
      const { json } = await login(one.request, me.username);
      const token = String(json.access_token);
      // Readers on both instances while the session is closed: none may leave a copy that outlives it.
      const readers = Array.from({ length: 10 }, (_, n) => verify(n % 2 ? one : two, token));
      expect((await one.request('POST', '/api/auth/logout/', { token })).status).toBe(200);
      await Promise.all(readers);
      expect([await verify(two, token), await verify(one, token)]).toEqual([
        'SESSION_REVOKED',
        'SESSION_REVOKED',
      ]);
    }
  });

  test('answer from the copy, without the database, until it changes', async () => {
    const [one, two] = await both();
    const me = await registered(app);
    const { json } = await login(one.request, me.username);
    expect(await verify(one, json.access_token)).toBe(200);
    const keys = await one.client.keys('session:*');
    expect(keys).toHaveLength(1);
    expect(await one.client.get(keys[0] ?? '')).not.toContain(json.access_token);
    // Changed behind the service's back: only the database knows.
    await app.services.db.update(users).set({ isActive: false }).where(eq(users.id, me.id));
    expect(await verify(two, json.access_token)).toBe(200);
    const rows = await app.services.db.select().from(sessions).where(eq(sessions.userId, me.id));
    await redisSessions(app.services.db, two.client).changed(rows.map(({ id }) => id));
    expect(await verify(one, json.access_token)).toBe('SESSION_REVOKED');
  });

  test('close a reused session on both, and one of two refreshes wins at most', async () => {
    const [one, two] = await both();
    const me = await registered(app);
    const { json } = await login(one.request, me.username);
    const body = { refresh_token: json.refresh_token };
    const answers = await Promise.all(
      [one, two].map(({ request }) => request('POST', '/api/auth/refresh/', { body })),
    );
    expect(answers.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(1);
    const winner = answers.find(({ status }) => status === 200)?.json.access_token ?? json.access_token;
    expect([await verify(one, winner), await verify(two, winner)]).toEqual([
      'SESSION_REVOKED',
      'SESSION_REVOKED',
    ]);
  });

  test('count failures together', async () => {
    const [one, two] = await both();
    const me = await registered(app);
    for (let n = 0; n < 10; n++) {
      expect((await login((n % 2 ? one : two).request, me.username, 'wrong')).status).toBe(401);
    }
    for (const { request } of [one, two]) {
      const { status, headers } = await login(request, me.username);
      expect(status).toBe(429);
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(500);
    }
  });
});

test('when Redis dies, the service goes on by the database', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'redis-dies-'));
  const redis = await startRedis(directory);
  const one = await instance(redis.url);
  const me = await registered(app);
  const { json } = await login(one.request, me.username);
  expect(await verify(one, json.access_token)).toBe(200);
  await redis.stop();
  rmSync(directory, { recursive: true, force: true });

  expect(await verify(one, json.access_token)).toBe(200);
  const again = await login(one.request, me.username);
  expect(again.status).toBe(200);
  expect((await one.request('POST', '/api/auth/logout/', { token: json.access_token })).status).toBe(200);
  expect(await verify(one, json.access_token)).toBe('SESSION_REVOKED');
  expect(await verify(one, again.json.access_token)).toBe(200);
  for (let n = 0; n < 10; n++) await login(one.request, me.username, 'wrong');
  expect((await login(one.request, me.username)).status).toBe(429);
});
