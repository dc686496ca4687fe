import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { and, eq } from 'drizzle-orm';
import { Secret, TOTP, URI } from 'otpauth';
import { createSealer } from '../../src/access/sealer.ts';
import { auditLog } from '../../src/db/audit.ts';
import { recoveryCodes, twoFactor } from '../../src/modules/auth/tables.ts';
import { startTestApp, type TestApp, unique } from '../harness.ts';
import { login, PASSWORD, registered } from './account.ts';
import { takeJobs } from './jobs.ts';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp({ TRUST_PROXY: 'true', CLINIC_NAME: 'Clínica de prueba' });
});
afterAll(() => app.close());

const address = () => `10.3.${unique() % 250}.${unique() % 250}`;
const post = (path: string, token: string, body: unknown = {}) =>
  app.request('POST', `/api/auth/2fa/${path}/`, { token, body, headers: { 'x-forwarded-for': address() } });
const logIn = (username: string, otp?: string, password = PASSWORD) =>
  app.request('POST', '/api/auth/login/', {
    body: { username, password, otp },
    headers: { 'x-forwarded-for': address() },
  });

/** The code of a time step, counted from the present one. */
const codeOf = (secret: string, steps = 0) =>
  new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: Date.now() + steps * 30_000 });
const wrongCode = (secret: string) => {
  const near = new Set([-2, -1, 0, 1, 2].map((steps) => codeOf(secret, steps)));
  return ['000000', '111111', '222222', '333333', '444444', '555555'].find((code) => !near.has(code)) ?? '';
};

const setUp = async () => {
  const me = await registered(app);
  const token = String((await login(app.request, me.username)).json.access_token);
  const { status, json } = await post('setup', token);
  expect(status).toBe(200);
  return { ...me, token, secret: String(json.secret), json };
};

/** An account with two-factor login; the code of the last time step was spent on it. */
const enabled = async () => {
  const me = await setUp();
  const { status, json } = await post('enable', me.token, { code: codeOf(me.secret, -1) });
  expect(status).toBe(200);
  return { ...me, codes: json.recovery_codes as string[], enabled: json };
};

const actionsOf = async (userId: number) =>
  (
    await app.services.db
      .select()
      .from(auditLog)
      .where(and(eq(auditLog.entity, 'user'), eq(auditLog.entityId, String(userId))))
  ).map(({ action }) => action);

/** The 401 that asks for a code, or refuses it. */
const expectCodeRefused = ({ status, json }: Awaited<ReturnType<typeof logIn>>) => {
  expect([status, json.code, Object.keys(json.details)]).toEqual([401, 'INVALID_CREDENTIALS', ['otp']]);
  expect(json).not.toHaveProperty('access_token');
};

describe('setting up', () => {
  test('gives the secret for typing, as a URL and as a picture, and asks for nothing at the login yet', async () => {
    const { json, secret, username } = await setUp();
    expect(Object.keys(json)).toEqual(['secret', 'otpauth_url', 'qr_code']);
    const parsed = URI.parse(json.otpauth_url);
    expect(parsed).toBeInstanceOf(TOTP);
    expect([parsed.secret.base32, parsed.label, parsed.issuer]).toEqual([
      secret,
      username,
      'Clínica de prueba',
    ]);
    expect(json.qr_code).toStartWith('data:image/svg+xml');
    expect((await logIn(username)).status).toBe(200);
  });

  test('keeps the secret encrypted, for this account and this key only', async () => {
    const { id, secret } = await setUp();
    const [row] = await app.services.db.select().from(twoFactor).where(eq(twoFactor.userId, id));
    expect(row?.secret).not.toContain(secret);
    const sealed = row?.secret ?? '';
    expect(await app.services.sealer.open(sealed, `two-factor:${id}`)).toBe(secret);
    expect(await app.services.sealer.open(sealed, `two-factor:${id + 1}`)).toBeNull();
    expect(await createSealer('x'.repeat(40)).open(sealed, `two-factor:${id}`)).toBeNull();
    expect(await app.services.sealer.open(`${sealed.slice(0, -4)}AAA=`, `two-factor:${id}`)).toBeNull();
  });

  test('again replaces the secret, but not one that is in use', async () => {
    const me = await setUp();
    const again = await post('setup', me.token);
    expect(again.json.secret).not.toBe(me.secret);
    expect((await post('enable', me.token, { code: codeOf(me.secret) })).status).toBe(400);
    expect((await post('enable', me.token, { code: codeOf(again.json.secret) })).status).toBe(200);
    const late = await post('setup', me.token);
    expect([late.status, late.json.code, late.json.details.rule]).toEqual([
      400,
      'BUSINESS_RULE_VIOLATION',
      'two_factor_enabled',
    ]);
    expect(late.text).not.toContain(again.json.secret);
  });
});

describe('enabling', () => {
  test('shows ten recovery codes once and keeps only hashes of them', async () => {
    const me = await enabled();
    expect(Object.keys(me.enabled).toSorted()).toEqual(['recovery_codes', 'success_message']);
    expect(new Set(me.codes).size).toBe(10);
    for (const code of me.codes) expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}$/);
    const rows = await app.services.db.select().from(recoveryCodes).where(eq(recoveryCodes.userId, me.id));
    const entries = await app.services.db.select().from(auditLog);
    const kept = JSON.stringify([rows, entries, await takeJobs(app)]);
    expect(rows).toHaveLength(10);
    for (const secret of [me.secret, ...me.codes]) expect(kept).not.toContain(secret);
    expect(await actionsOf(me.id)).toContain('enable_two_factor');
  });

  test('needs a set-up and a right code', async () => {
    const me = await registered(app);
    const token = String((await login(app.request, me.username)).json.access_token);
    const early = await post('enable', token, { code: '123456' });
    expect([early.status, early.json.details.rule]).toEqual([400, 'two_factor_not_set_up']);
    const { json } = await post('setup', token);
    const wrong = await post('enable', token, { code: wrongCode(json.secret) });
    expect([wrong.status, wrong.json.code, Object.keys(wrong.json.details)]).toEqual([
      400,
      'VALIDATION_ERROR',
      ['code'],
    ]);
    expect((await logIn(me.username)).status).toBe(200);
  });

  test('at the same time is won by one', async () => {
    const me = await setUp();
    const code = codeOf(me.secret);
    const answers = await Promise.all([1, 2, 3].map(() => post('enable', me.token, { code })));
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 400, 400]);
    const rows = await app.services.db.select().from(recoveryCodes).where(eq(recoveryCodes.userId, me.id));
    expect(rows).toHaveLength(10);
  });
});

describe('logging in with a second factor', () => {
  test('asks for the code only once the password is right, then takes it', async () => {
    const me = await enabled();
    const wrong = await logIn(me.username, codeOf(me.secret), 'wrong');
    expect([wrong.status, wrong.json.details]).toEqual([401, undefined]);
    expectCodeRefused(await logIn(me.username));
    const code = codeOf(me.secret);
    const { status, json } = await logIn(me.username, ` ${code.slice(0, 3)} ${code.slice(3)}`);
    expect(status).toBe(200);
    expect(Object.keys(json).toSorted()).toEqual([
      'access_token',
      'expires_in',
      'refresh_token',
      'token_type',
      'user_info',
    ]);
  });

  test('refuses the code of enabling, one that was used, those before it, and one that is too old', async () => {
    const me = await enabled();
    expectCodeRefused(await logIn(me.username, codeOf(me.secret, -1)));
    expectCodeRefused(await logIn(me.username, codeOf(me.secret, -3)));
    const next = codeOf(me.secret, 1);
    expect((await logIn(me.username, next)).status).toBe(200);
    expectCodeRefused(await logIn(me.username, next));
    expectCodeRefused(await logIn(me.username, codeOf(me.secret)));
  });

  test('takes each recovery code once, however it is typed, and tells the person', async () => {
    const me = await enabled();
    await takeJobs(app);
    const [first = '', second = ''] = me.codes;
    expect((await logIn(me.username, first.toLowerCase())).status).toBe(200);
    expect(await takeJobs(app)).toMatchObject([
      { job: 'send-security-alert', data: { userId: me.id, event: 'recovery_code_used' } },
    ]);
    expectCodeRefused(await logIn(me.username, first));
    expect((await logIn(me.username, second.replace('-', ''))).status).toBe(200);
    const other = await enabled();
    expectCodeRefused(await logIn(other.username, me.codes[2]));
  });

  test('with one code at the same time lets one in', async () => {
    const me = await enabled();
    for (const code of [codeOf(me.secret), me.codes[0]]) {
      const answers = await Promise.all([1, 2, 3, 4].map(() => logIn(me.username, code)));
      expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 401, 401, 401]);
    }
  });

  test('counts wrong codes: after ten the account waits, even for the right one', async () => {
    const me = await enabled();
    for (let n = 0; n < 10; n++) expectCodeRefused(await logIn(me.username, wrongCode(me.secret)));
    const { status, json, headers } = await logIn(me.username, codeOf(me.secret));
    expect([status, json.code]).toEqual([429, 'RATE_LIMITED']);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(500);
    expect((await post('disable', me.token, { code: codeOf(me.secret) })).status).toBe(429);
  });

  test('does not count a login that has yet to bring its code', async () => {
    const me = await enabled();
    for (let n = 0; n < 11; n++) expectCodeRefused(await logIn(me.username));
    expect((await logIn(me.username, codeOf(me.secret))).status).toBe(200);
  });
});

describe('disabling', () => {
  test.each(['code', 'recovery code'])('with a %s ends it and forgets everything', async (kind) => {
    const me = await enabled();
    const wrong = await post('disable', me.token, { code: wrongCode(me.secret) });
    expect([wrong.status, Object.keys(wrong.json.details)]).toEqual([400, ['code']]);
    const code = kind === 'code' ? codeOf(me.secret) : me.codes[4];
    await takeJobs(app);
    expect((await post('disable', me.token, { code })).status).toBe(200);
    expect((await logIn(me.username)).status).toBe(200);
    const left = await app.services.db.select().from(recoveryCodes).where(eq(recoveryCodes.userId, me.id));
    expect(left).toEqual([]);
    expect(await actionsOf(me.id)).toContain('disable_two_factor');
    expect(await takeJobs(app)).toMatchObject([{ data: { event: 'two_factor_disabled' } }]);
    const again = await post('disable', me.token, { code: '123456' });
    expect([again.status, again.json.details.rule]).toEqual([400, 'two_factor_disabled']);
  });
});
