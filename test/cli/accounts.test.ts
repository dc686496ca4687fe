import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test';
import { eq } from 'drizzle-orm';
import { startTestApp, type TestApp } from '../harness.ts';
import { login, PASSWORD, registered } from '../auth/account.ts';
import { takeJobs } from '../auth/jobs.ts';
import { sessions } from '../../src/modules/users/tables.ts';
import { auditLog } from '../../src/db/audit.ts';
import { twoFactor } from '../../src/modules/auth/tables.ts';
import { manage, onDatabase } from './manage.ts';

setDefaultTimeout(60_000);

const NEW = 'Otra-frase-larga-8';

let app: TestApp;
let env: Record<string, string>;

beforeAll(async () => {
  app = await startTestApp({ TRUST_PROXY: 'true' });
  env = onDatabase(app.database.url);
});
afterAll(() => app.close());

test('changepassword changes it, closes the sessions and tells the person', async () => {
  const me = await registered(app);
  const token = String((await login(app.request, me.username)).json.access_token);
  const ending = await manage(['changepassword', me.username, '--password', NEW], { env });
  expect(ending).toEqual({ code: 0, out: `${me.username} has another password now.\n`, err: '' });
  expect((await app.request('GET', '/api/auth/verify/', { token })).json.code).toBe('SESSION_REVOKED');
  expect((await login(app.request, me.username)).status).toBe(401);
  expect((await login(app.request, me.username, NEW)).status).toBe(200);
  const rows = await app.services.db.select().from(auditLog).where(eq(auditLog.action, 'password_changed'));
  expect(rows).toMatchObject([{ actor: 'system:changepassword', entityId: String(me.id) }]);
  const jobs = await takeJobs(app);
  expect(jobs).toMatchObject([{ data: { userId: me.id, event: 'password_changed' } }]);
  for (const secret of [PASSWORD, NEW]) expect(JSON.stringify([rows, jobs])).not.toContain(secret);
});

test('changepassword --disable-2fa lets in who has lost the second factor', async () => {
  const me = await registered(app);
  await app.services.db
    .insert(twoFactor)
    .values({ userId: me.id, secret: 'sealed with a lost key', enabledAt: Temporal.Now.instant() });
  expect((await login(app.request, me.username)).status).toBe(401);
  const { code, out } = await manage(['changepassword', me.username, '--password', NEW, '--disable-2fa'], {
    env,
  });
  expect([code, out]).toEqual([0, `${me.username} has another password now and no second factor.\n`]);
  expect((await login(app.request, me.username, NEW)).status).toBe(200);
});

test.each([
  [['nobody', '--password', NEW], 1, 'There is no account "nobody".'],
  [['nobody', '--password', 'x'.repeat(201)], 2, '--password: At most 200 long.'],
  [['nobody'], 2, '--password is missing.'],
  [[], 2, 'It takes USERNAME.'],
])('changepassword %j ends with %i and says %j', async (args, code, complaint) => {
  const ending = await manage(['changepassword', ...args], { env });
  expect([ending.code, ending.err.split('\n')[0]]).toEqual([code, complaint]);
});

test('changepassword holds to the rules of passwords', async () => {
  const me = await registered(app);
  const ending = await manage(['changepassword', me.username, '--password', 'password123'], { env });
  expect([ending.code, ending.err]).toEqual([1, 'password: Is too common a password.\n']);
  expect((await login(app.request, me.username)).status).toBe(200);
});

test('clearsessions deletes what has ended and nothing else', async () => {
  const me = await registered(app);
  const tokens: string[] = [];
  for (let n = 0; n < 3; n++) tokens.push(String((await login(app.request, me.username)).json.access_token));
  const [live = '', closed = ''] = tokens;
  await app.request('POST', '/api/auth/logout/', { token: closed });
  const mine = eq(sessions.userId, me.id);
  const [, , last] = await app.services.db.select().from(sessions).where(mine).orderBy(sessions.createdAt);
  const past = Temporal.Now.instant().subtract({ minutes: 1 });
  await app.services.db
    .update(sessions)
    .set({ expiresAt: past })
    .where(eq(sessions.id, last?.id ?? ''));
  const { code, out } = await manage(['clearsessions'], { env });
  expect([code, /^\d+ ended sessions deleted\.\n$/.test(out)]).toEqual([0, true]);
  expect(await app.services.db.select().from(sessions).where(mine)).toHaveLength(1);
  expect((await app.request('GET', '/api/auth/verify/', { token: live })).status).toBe(200);
  expect((await manage(['clearsessions'], { env })).out).toBe('0 ended sessions deleted.\n');
});

test('createsuperuser takes no username that looks like the address of another', async () => {
  const args = ['createsuperuser', '--username', 'ana@example.com', '--password', NEW, '--email'];
  const refused = await manage([...args, 'other@example.com'], { env });
  expect([refused.code, refused.err.split('\n')[0]]).toEqual([
    2,
    "--username: Only the person's own e-mail address may have an @.",
  ]);
  expect((await manage([...args, 'Ana@example.com'], { env })).code).toBe(0);
});
