import { afterAll, beforeAll, expect, test } from 'bun:test';
import { eq } from 'drizzle-orm';
import { sessions } from '../../src/modules/users/tables.ts';
import { startTestApp, type TestApp } from '../harness.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

test('a request moves the time at which its session was last seen', async () => {
  const client = await app.as('receptionist');
  const hourAgo = Temporal.Now.instant().subtract({ hours: 1 });
  const own = eq(sessions.userId, client.userId);
  await app.services.db.update(sessions).set({ lastSeenAt: hourAgo }).where(own);

  expect((await client.request('GET', '/api/auth/verify/')).status).toBe(200);

  const age = async () => {
    const [row] = await app.services.db.select({ at: sessions.lastSeenAt }).from(sessions).where(own);
    return Date.now() - (row?.at.epochMilliseconds ?? 0);
  };
  while ((await age()) > 60_000) await Bun.sleep(10);
  const { json } = await client.request('GET', '/api/auth/sessions/');
  expect(Date.now() - Date.parse(json[0].last_seen_at)).toBeLessThan(60_000);
});
