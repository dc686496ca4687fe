import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { and, eq } from 'drizzle-orm';
import { createApp } from '../../src/app.ts';
import { auditLog } from '../../src/db/audit.ts';
import { users } from '../../src/modules/users/tables.ts';
import { type Answer, requestTo, startTestApp, type TestApp, unique } from '../harness.ts';
import { login, registered } from './account.ts';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp({ TRUST_PROXY: 'true' });
});
afterAll(() => app.close());

test('the form tells title, target, schema and fields, and asks for all that it needs', async () => {
  const { status, json } = await app.request('GET', '/api/auth/login/');
  expect(status).toBe(200);
  expect(Object.keys(json)).toEqual(['title', 'submit', 'schema', 'fields']);
  expect(json.submit).toEqual({ method: 'POST', path: '/api/auth/login/' });
  expect(json.schema).toMatchObject({ type: 'object', required: ['username', 'password'] });
  expect(json.fields).toMatchObject([
    { name: 'username', label: 'Usuario o correo electrónico', type: 'text', required: true },
    { name: 'password', label: 'Contraseña', type: 'password', required: true },
    { name: 'otp', required: false },
  ]);
});

describe('logging in', () => {
  test('works by username and by e-mail, and answers with exactly the contract’s keys', async () => {
    const me = await registered(app, { phone: '+51 987 654 321' });
    for (const name of [me.username, me.email, me.email.toUpperCase(), ` ${me.username} `]) {
      const { status, json } = await login(app.request, name);
      expect(status).toBe(200);
      expect(Object.keys(json)).toEqual([
        'access_token',
        'refresh_token',
        'token_type',
        'expires_in',
        'user_info',
      ]);
      expect(json).toMatchObject({ token_type: 'Bearer', expires_in: 900 });
      expect(Object.keys(json.user_info)).toEqual([
        'id',
        'username',
        'email',
        'first_name',
        'last_name',
        'full_name',
        'phone',
        'role',
        'roles',
        'patient_id',
        'therapist_id',
        'is_superuser',
        'last_login',
      ]);
      expect(json.user_info).toMatchObject({
        id: me.id,
        username: me.username,
        email: me.email,
        full_name: 'Ángela María Núñez de la Torre',
        phone: '+51 987 654 321',
        role: 'patient',
        roles: ['patient'],
        therapist_id: null,
        is_superuser: false,
      });
      expect(json.user_info.patient_id).toBeGreaterThan(0);
      expect(Date.now() - Date.parse(json.user_info.last_login)).toBeLessThan(10_000);
    }
  });

  test('is written down once, with who and from where', async () => {
    const me = await registered(app);
    await login(app.request, me.username, me.password, '203.0.113.9');
    const rows = await app.services.db
      .select()
      .from(auditLog)
      .where(and(eq(auditLog.action, 'login'), eq(auditLog.entityId, String(me.id))));
    expect(rows).toMatchObject([{ entity: 'user', ip: '203.0.113.9' }]);
  });

  test('fails alike for a wrong password, an unknown user, and an inactive one', async () => {
    const [me, gone] = [await registered(app), await registered(app)];
    await app.services.db.update(users).set({ isActive: false }).where(eq(users.id, gone.id));
    const answers = [
      await login(app.request, me.username, 'not the password'),
      await login(app.request, `nobody${unique()}`),
      await login(app.request, gone.username),
      await login(app.request, me.username, me.password.toLowerCase()),
    ];
    const seen = answers.map(({ status, json }: Answer) => ({ status, ...json, request_id: '' }));
    expect(new Set(seen.map((one) => JSON.stringify(one))).size).toBe(1);
    expect(seen[0]).toEqual({
      status: 401,
      error: 'Usuario o contraseña incorrectos',
      code: 'INVALID_CREDENTIALS',
      request_id: '',
    });
  });

  test('a username may have no @ but in the own e-mail, so nobody stands in another’s way', async () => {
    const victim = await registered(app);
    const squatter = await app.request('POST', '/api/auth/register/', {
      body: { ...victim, username: victim.email, email: 'squatter@example.com', document_number: '99999001' },
    });
    expect([squatter.status, Object.keys(squatter.json.details)]).toEqual([400, ['username']]);
    const mine = await registered(app, { username: 'own@example.com', email: 'Own@example.com' });
    expect((await login(app.request, 'own@example.com')).json.user_info.id).toBe(mine.id);
  });

  test.each([
    [{}, ['username', 'password']],
    [{ username: 'a' }, ['password']],
    [{ username: '', password: 'x' }, ['username']],
    [{ username: 'a', password: '' }, ['password']],
    [{ username: 'a'.repeat(255), password: 'x' }, ['username']],
    [{ username: 'a', password: 'x'.repeat(201) }, ['password']],
    [{ username: ['a'], password: { a: 1 } }, ['username', 'password']],
    [{ username: 'a', password: 'x', otp: '12345' }, ['otp']],
  ])('refuses %j naming %j', async (body, fields) => {
    const { status, json } = await app.request('POST', '/api/auth/login/', { body });
    expect([status, json.code, Object.keys(json.details)]).toEqual([400, 'VALIDATION_ERROR', fields]);
  });
});

const failTen = async (name: (n: number) => string, ip?: string) => {
  for (let n = 0; n < 10; n++) {
    expect((await login(app.request, name(n), 'wrong', ip)).status).toBe(401);
  }
};

const expectBlocked = ({ status, json, headers }: Answer) => {
  expect([status, json.code]).toEqual([429, 'RATE_LIMITED']);
  const wait = Number(headers.get('retry-after'));
  expect(wait).toBeGreaterThan(500);
  expect(wait).toBeLessThanOrEqual(600);
};

describe('ten failures', () => {
  test('of one account make it wait, whichever of its names is typed, and nobody else', async () => {
    const [me, other] = [await registered(app), await registered(app)];
    const names = [me.username, me.email, me.username.toUpperCase(), me.username.replace('a', 'á')];
    await failTen((n) => names[n % names.length] ?? '');
    for (const name of names) expectBlocked(await login(app.request, name));
    expect((await login(app.request, other.username)).status).toBe(200);
  });

  test('of one name that nobody has make it wait too, however long it is', async () => {
    const name = `nobody${unique()}`.padEnd(254, 'x');
    await failTen(() => name);
    expectBlocked(await login(app.request, name));
  });

  test('from one address make it wait, and no other', async () => {
    const me = await registered(app);
    await failTen((n) => `spray${n}-${unique()}`, '198.51.100.7');
    expectBlocked(await login(app.request, me.username, me.password, '198.51.100.7'));
    expect((await login(app.request, me.username, me.password, '198.51.100.8')).status).toBe(200);
  });

  test('sent at once with a right guess are counted before it is believed', async () => {
    const me = await registered(app);
    const { promise: counted, resolve } = Promise.withResolvers<void>();
    const passwords = {
      ...app.services.passwords,
      verify: async (password: string) => {
        if (password !== me.password) return false;
        await counted;
        return true;
      },
    };
    const request = requestTo(createApp({ ...app.services, passwords }));
    const right = login(request, me.username);
    await Promise.all(Array.from({ length: 10 }, () => login(request, me.username, 'wrong')));
    resolve();
    expectBlocked(await right);
  });

  test('start anew after a success', async () => {
    const me = await registered(app);
    for (let n = 0; n < 9; n++) await login(app.request, me.username, 'wrong');
    expect((await login(app.request, me.username)).status).toBe(200);
    await failTen(() => me.username);
    expectBlocked(await login(app.request, me.username));
  });
});

test('the answer tells how many attempts are left', async () => {
  const body = { username: 'nobody-knows-me', password: 'wrong' };
  const first = await app.request('POST', '/api/auth/login/', { body });
  const second = await app.request('POST', '/api/auth/login/', { body });
  const left = [first, second].map(({ headers }) => Number(headers.get('ratelimit-remaining')));
  expect(first.headers.get('ratelimit-limit')).toBe('10');
  expect(left[1]).toBe((left[0] ?? 0) - 1);
});
