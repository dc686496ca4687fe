import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import { and, desc, eq, inArray } from 'drizzle-orm';
import { auditLog } from '../../src/db/audit.ts';
import { outbox } from '../../src/db/outbox.ts';
import { createApp } from '../../src/app.ts';
import { passwordResets } from '../../src/modules/auth/tables.ts';
import {
  deliveries,
  notificationPreferences,
  notifications,
} from '../../src/modules/notifications/tables.ts';
import { users } from '../../src/modules/users/tables.ts';
import { requestTo, startTestApp, type TestApp, unique } from '../harness.ts';
import { startMailServer } from '../notifications/mail-server.ts';
import { login, PASSWORD, registered } from './account.ts';
import { runJob, runJobs, takeJobs } from './jobs.ts';

const NEW = 'Otra-frase-larga-8 ñandú';

let app: TestApp;
let mail: Awaited<ReturnType<typeof startMailServer>>;

beforeAll(async () => {
  mail = await startMailServer();
  app = await startTestApp({
    TRUST_PROXY: 'true',
    SMTP_URL: mail.url,
    PUBLIC_URL: 'https://clinica.example',
    STORAGE_DIR: `/tmp/clinic-auth-tests-${process.pid}`,
  });
});
afterAll(async () => {
  await app.close();
  await mail.close();
});
beforeEach(async () => {
  await takeJobs(app);
  mail.reset();
});

const address = () => `10.2.${unique() % 250}.${unique() % 250}`;
const post = (path: string, body: unknown, ip = address(), token?: string) =>
  app.request('POST', `/api/auth/${path}/`, { body, token, headers: { 'x-forwarded-for': ip } });
const forgot = (email: string, ip?: string) => post('password/forgot', { email }, ip);
const reset = (token: string, password = NEW) => post('password/reset', { token, new_password: password });

const signedIn = async (name: string) => String((await login(app.request, name)).json.access_token);
const verified = async (token: string) =>
  (await app.request('GET', '/api/auth/verify/', { token })).json.code ?? 200;

/** The tokens of the mails that were taken, in their order. */
const mailedTokens = async () =>
  (await mail.mails()).flatMap(({ text = '' }) => {
    const token = /https:\/\/clinica\.example\/reset-password\/#token=(\w+)/.exec(text)?.[1];
    return token === undefined ? [] : [token];
  });

async function mailedToken(email: string): Promise<string> {
  expect((await forgot(email)).status).toBe(200);
  await runJobs(app);
  return (await mailedTokens()).at(-1) ?? '';
}

const auditOf = (userId: number) =>
  app.services.db
    .select()
    .from(auditLog)
    .where(and(eq(auditLog.entity, 'user'), eq(auditLog.entityId, String(userId))))
    .orderBy(desc(auditLog.id));

describe('changing the password', () => {
  test('closes the other sessions, keeps this one, and tells the person', async () => {
    const me = await registered(app);
    const [here, there] = [await signedIn(me.username), await signedIn(me.username)];
    const body = { current_password: PASSWORD, new_password: NEW };
    const { status, json, text } = await post('password/change', body, '203.0.113.7', here);
    expect([status, Object.keys(json)]).toEqual([200, ['success_message']]);
    expect(text).not.toContain(NEW);
    expect([await verified(here), await verified(there)]).toEqual([200, 'SESSION_REVOKED']);
    expect((await login(app.request, me.username)).status).toBe(401);
    expect((await login(app.request, me.username, NEW)).status).toBe(200);

    const entries = (await auditOf(me.id)).filter(({ action }) => action === 'password_changed');
    expect(entries).toMatchObject([{ actorId: me.id, ip: '203.0.113.7', after: { sessions_closed: 1 } }]);
    const jobs = await runJobs(app);
    for (const secret of [PASSWORD, NEW]) expect(JSON.stringify([entries, jobs])).not.toContain(secret);
    const [letter] = await mail.mails();
    expect(letter?.subject).toBe('Su contraseña fue cambiada');
    expect(letter?.to?.[0]?.address).toBe(me.email);
    expect(letter?.text).toContain('203.0.113.7');
  });

  test.each([
    ['not it', NEW, 'current_password'],
    [PASSWORD, 'corta-7', 'new_password'],
    [PASSWORD, 'password123', 'new_password'],
    [PASSWORD, 'x'.repeat(201), 'new_password'],
  ])('from %j to %j is refused naming %s, and changes nothing', async (current, wanted, field) => {
    const me = await registered(app);
    const token = await signedIn(me.username);
    const body = { current_password: current, new_password: wanted };
    const { status, json } = await post('password/change', body, address(), token);
    expect([status, json.code, Object.keys(json.details)]).toEqual([400, 'VALIDATION_ERROR', [field]]);
    expect((await login(app.request, me.username)).status).toBe(200);
    expect(await takeJobs(app)).toEqual([]);
  });

  test('to the username is refused', async () => {
    const me = await registered(app, { username: `caballo-feliz-${unique()}` });
    const body = { current_password: PASSWORD, new_password: me.username.toUpperCase() };
    const { json } = await post('password/change', body, address(), await signedIn(me.username));
    expect(Object.keys(json.details)).toEqual(['new_password']);
  });

  test('guesses of the current password are counted with those at the login', async () => {
    const me = await registered(app);
    const token = await signedIn(me.username);
    for (let n = 0; n < 10; n++) {
      const body = { current_password: `guess ${n}`, new_password: NEW };
      expect((await post('password/change', body, address(), token)).status).toBe(400);
    }
    const body = { current_password: PASSWORD, new_password: NEW };
    const { status, headers } = await post('password/change', body, address(), token);
    expect([status, Number(headers.get('retry-after')) > 500]).toEqual([429, true]);
    expect((await login(app.request, me.username)).status).toBe(429);
  });

  test('twice at the same time is won by one', async () => {
    const me = await registered(app);
    const token = await signedIn(me.username);
    const wanted = [NEW, `${NEW} 2`];
    const answers = await Promise.all(
      wanted.map((one) =>
        post('password/change', { current_password: PASSWORD, new_password: one }, address(), token),
      ),
    );
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 400]);
    const winner = wanted[answers.findIndex(({ status }) => status === 200)] ?? '';
    expect((await login(app.request, me.username, winner)).status).toBe(200);
  });
});

describe('a forgotten password', () => {
  test('is replaced by the mailed link, which closes all sessions and lets a blocked account in again', async () => {
    const me = await registered(app);
    const token = await signedIn(me.username);
    const link = await mailedToken(me.email.toUpperCase());
    const [letter] = await mail.mails();
    expect(letter?.subject).toBe('Elija una contraseña nueva');
    expect(letter?.html).toContain(`href="https://clinica.example/reset-password/#token=${link}"`);
    for (let n = 0; n < 10; n++) await login(app.request, me.username, 'wrong');

    const { status, json } = await reset(link);
    expect([status, Object.keys(json)]).toEqual([200, ['success_message']]);
    expect(await verified(token)).toBe('SESSION_REVOKED');
    expect((await login(app.request, me.username)).status).toBe(401);
    expect((await login(app.request, me.username, NEW)).status).toBe(200);
    const actions = (await auditOf(me.id)).map(({ action }) => action);
    expect(actions).toContain('forgot_password');
    expect(actions).toContain('password_reset');
    await runJobs(app);
    expect((await mail.mails()).at(-1)?.subject).toStartWith('Su contraseña fue cambiada con un enlace');
  });

  test('is asked for in the language of the account, by mail only, whatever the preferences say', async () => {
    const me = await registered(app, { phone: '+51 987 654 321' });
    const off = { email: false, sms: true, push: true };
    await app.services.db.update(users).set({ language: 'en' }).where(eq(users.id, me.id));
    await app.services.db
      .insert(notificationPreferences)
      .values({ userId: me.id, channels: { password_reset: off }, updatedAt: Temporal.Now.instant() });
    const link = await mailedToken(me.email);
    const [letter] = await mail.mails();
    expect([letter?.subject, link.length]).toEqual(['Choose a new password', 64]);
    const rows = await app.services.db
      .select({ channel: deliveries.channel, state: deliveries.state, body: notifications.body })
      .from(deliveries)
      .innerJoin(notifications, eq(notifications.id, deliveries.notificationId))
      .where(eq(notifications.userId, me.id));
    expect(rows.toSorted((a, b) => a.channel.localeCompare(b.channel))).toMatchObject([
      { channel: 'email', state: 'sent' },
      { channel: 'push', state: 'skipped' },
      { channel: 'sms', state: 'skipped' },
    ]);
    expect(JSON.stringify(rows)).not.toContain(link);
  });

  test('leaves no token in the database or the queue, only a keyed hash', async () => {
    const me = await registered(app);
    await forgot(me.email);
    const [job] = await takeJobs(app);
    if (!job) throw new Error('no job');
    await runJob(app, job);
    const [link = ''] = await mailedTokens();
    const kept = await app.services.db.select().from(passwordResets).where(eq(passwordResets.userId, me.id));
    const entries = await app.services.db.select().from(auditLog);
    const told = await app.services.db.select().from(notifications);
    expect(kept[0]?.tokenHash).toHaveLength(64);
    expect(link).toHaveLength(64);
    expect(JSON.stringify([kept, entries, told, job])).not.toContain(link);
  });

  test('answers and works alike for a known, an unknown, an inactive and a deleted account', async () => {
    const [me, off, gone] = [await registered(app), await registered(app), await registered(app)];
    await app.services.db.update(users).set({ isActive: false }).where(eq(users.id, off.id));
    await app.services.db
      .update(users)
      .set({ deletedAt: Temporal.Now.instant() })
      .where(eq(users.id, gone.id));
    const emails = [me.email, `nobody${unique()}@example.com`, off.email, gone.email];
    const answers = [];
    for (const email of emails) answers.push(await forgot(email));
    const seen = answers.map(({ status, text, headers }) => [
      status,
      text,
      headers.get('ratelimit-remaining'),
    ]);
    expect(new Set(seen.map((one) => JSON.stringify(one))).size).toBe(1);
    const jobs = await takeJobs(app);
    expect(jobs.map(({ job, data }) => [job, Object.keys(data).toSorted()])).toEqual(
      emails.map(() => ['send-password-reset', ['nonce', 'requestedAt', 'userId']]),
    );
    for (const job of jobs) await runJob(app, job);
    expect((await mail.mails()).map(({ to }) => to?.[0]?.address)).toEqual([me.email]);
  });

  test('costs as many database statements for a stranger as for an account', async () => {
    const me = await registered(app);
    const statements = async (email: string) => {
      let asked = 0;
      const transact: typeof app.services.transact = (work) => {
        asked += 1;
        return app.services.transact(work);
      };
      const db = new Proxy(app.services.db, {
        get: (target, key) => {
          if (key === 'select' || key === 'insert' || key === 'update') asked += 1;
          return Reflect.get(target, key);
        },
      });
      const request = requestTo(createApp({ ...app.services, db, transact }));
      await request('POST', '/api/auth/password/forgot/', { body: { email } });
      return asked;
    };
    const known = await statements(me.email);
    expect(known).toBeGreaterThan(1);
    expect(await statements(`nobody${unique()}@example.com`)).toBe(known);
  });

  test('can be asked for five times an hour per address of mail, however it is spelt, known or not', async () => {
    const me = await registered(app);
    for (const email of [me.email, `nobody${unique()}@example.com`]) {
      for (let n = 0; n < 5; n++) {
        expect((await forgot(n % 2 ? email : email.toUpperCase())).status).toBe(200);
      }
      const { status, json, headers } = await forgot(email);
      expect([status, json.code]).toEqual([429, 'RATE_LIMITED']);
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(3_000);
    }
  });

  test('can be asked for thirty times an hour from one network address', async () => {
    const ip = address();
    for (let n = 0; n < 30; n++) expect((await forgot(`n${unique()}@example.com`, ip)).status).toBe(200);
    expect((await forgot(`n${unique()}@example.com`, ip)).status).toBe(429);
    expect((await forgot(`n${unique()}@example.com`)).status).toBe(200);
  });
});

const refused = ({ status, json }: Awaited<ReturnType<typeof reset>>) => {
  expect([status, json.code, Object.keys(json.details)]).toEqual([400, 'VALIDATION_ERROR', ['token']]);
  return JSON.stringify(json.details);
};

describe('a reset link', () => {
  test('works once; a wrong, a used, an old and a replaced one are refused in the same words', async () => {
    const [me, late] = [await registered(app), await registered(app)];
    const first = await mailedToken(me.email);
    const second = await mailedToken(me.email);
    expect(second).not.toBe(first);
    const words = [refused(await reset(first)), refused(await reset('x'.repeat(64)))];
    expect((await reset(second)).status).toBe(200);
    words.push(refused(await reset(second, `${NEW} 2`)));

    const old = await mailedToken(late.email);
    await app.services.db
      .update(passwordResets)
      .set({ requestedAt: Temporal.Now.instant().subtract({ minutes: 30 }) })
      .where(eq(passwordResets.userId, late.id));
    words.push(refused(await reset(old)));
    expect(new Set(words).size).toBe(1);
    expect((await login(app.request, late.username)).status).toBe(200);
  });

  test('is good until just before its 30 minutes are over', async () => {
    const me = await registered(app);
    const link = await mailedToken(me.email);
    await app.services.db
      .update(passwordResets)
      .set({ requestedAt: Temporal.Now.instant().subtract({ minutes: 29, seconds: 50 }) })
      .where(eq(passwordResets.userId, me.id));
    expect((await reset(link)).status).toBe(200);
  });

  test('that many use at once is won by one', async () => {
    const me = await registered(app);
    const link = await mailedToken(me.email);
    const wanted = Array.from({ length: 5 }, (_, n) => `${NEW} ${n}`);
    const answers = await Promise.all(wanted.map((one) => reset(link, one)));
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 400, 400, 400, 400]);
    const winner = wanted[answers.findIndex(({ status }) => status === 200)] ?? '';
    expect((await login(app.request, me.username, winner)).status).toBe(200);
  });

  test('survives a password that is refused', async () => {
    const me = await registered(app);
    const link = await mailedToken(me.email);
    for (const bad of ['corta-7', 'password123', me.username]) {
      const { status, json } = await reset(link, bad);
      expect([status, Object.keys(json.details)]).toEqual([400, ['new_password']]);
    }
    expect((await reset(link)).status).toBe(200);
  });

  test('is void once the password was changed, or the account switched off', async () => {
    const [me, off] = [await registered(app), await registered(app)];
    const links = [await mailedToken(me.email), await mailedToken(off.email)];
    const body = { current_password: PASSWORD, new_password: NEW };
    await post('password/change', body, address(), await signedIn(me.username));
    await app.services.db.update(users).set({ isActive: false }).where(eq(users.id, off.id));
    for (const link of links) refused(await reset(link));
  });

  test('of a job that runs again is the same, is not made good again, and does not replace a newer one', async () => {
    const me = await registered(app);
    await forgot(me.email);
    const [older] = await takeJobs(app);
    await forgot(me.email);
    const [newer] = await takeJobs(app);
    if (!older || !newer) throw new Error('two jobs were expected');
    for (const job of [newer, older, newer]) await runJob(app, job);
    const tokens = await mailedTokens();
    expect(tokens).toHaveLength(1);
    expect((await reset(tokens[0] ?? '')).status).toBe(200);
    await runJob(app, newer);
    refused(await reset(tokens[0] ?? '', `${NEW} 2`));
  });

  test('is not mailed any more when the queue stood still for half an hour', async () => {
    const me = await registered(app);
    await forgot(me.email);
    const [job] = await takeJobs(app);
    if (!job) throw new Error('no job');
    await runJob(app, { ...job, data: { ...job.data, requestedAt: Date.now() - 30 * 60_000 } });
    expect(mail.count()).toBe(0);
  });
});

test('the page of the link asks for the password and sends nothing elsewhere', async () => {
  const { status, headers, text } = await app.request('GET', '/reset-password/');
  expect(status).toBe(200);
  expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
  const policy = headers.get('content-security-policy') ?? '';
  const nonce = /script-src 'nonce-([\w-]+)'/.exec(policy)?.[1] ?? 'none';
  expect(text).toContain(`<script nonce="${nonce}">`);
  expect(policy).toStartWith("default-src 'none';");
  expect(text).not.toMatch(/https?:\/\//);
  const english = await app.request('GET', '/reset-password/', { headers: { 'accept-language': 'en' } });
  expect(english.text).toContain('Choose a new password');
  expect(english.text).not.toContain(nonce);
});

test('nothing of this is left in the outbox for a failed request', async () => {
  await post('password/forgot', { email: 'not an address' });
  await reset('nonsense');
  const rows = await app.services.db
    .select()
    .from(outbox)
    .where(inArray(outbox.job, ['send-password-reset', 'send-security-alert']));
  expect(rows).toEqual([]);
});
