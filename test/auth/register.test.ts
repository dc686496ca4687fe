import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { count, eq } from 'drizzle-orm';
import { pino } from 'pino';
import { createApp } from '../../src/app.ts';
import { auditLog } from '../../src/db/audit.ts';
import { idempotencyKeys } from '../../src/db/idempotency.ts';
import { patients } from '../../src/modules/patients/tables.ts';
import { users } from '../../src/modules/users/tables.ts';
import { requestTo, startTestApp, type TestApp, unique } from '../harness.ts';
import { login, PASSWORD, person, registered } from './account.ts';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp({ TRUST_PROXY: 'true' });
});
afterAll(() => app.close());

const register = (body: unknown, headers: Record<string, string> = {}) =>
  app.request('POST', '/api/auth/register/', { body, headers });

/** How many rows the tables have that registering writes. */
const rows = async () => {
  const { db } = app.services;
  const counts = [users, patients, auditLog, idempotencyKeys].map((table) =>
    db.select({ rows: count() }).from(table),
  );
  return (await Promise.all(counts)).map(([row]) => row?.rows);
};

describe('registering', () => {
  test('makes a patient’s account and record, which can log in', async () => {
    const input = person({ phone: '+51 912 345 678', birth_date: '1990-02-28' });
    const { status, json } = await register(input);
    expect([status, Object.keys(json)]).toEqual([201, ['user_info', 'success_message']]);
    expect(json.user_info).toMatchObject({
      username: input.username,
      role: 'patient',
      roles: ['patient'],
      is_superuser: false,
      last_login: null,
    });
    const { json: signedIn } = await login(app.request, input.username);
    const token = String(signedIn.access_token);
    const record = await app.request('GET', `/api/patients/${json.user_info.patient_id}/`, { token });
    expect(record.json).toMatchObject({
      user_id: json.user_info.id,
      document_type: 'DNI',
      document_number: input.document_number,
      first_name: 'Ángela María',
      paternal_last_name: 'Núñez',
      maternal_last_name: 'de la Torre',
      birth_date: '1990-02-28',
      phone: '+51 912 345 678',
      email: input.email,
    });
  });

  test('gives no more than a patient’s role, whatever is asked for', async () => {
    const { json } = await register(
      person({ role: 'administrator', is_superuser: true, isSuperuser: true, is_active: false }),
    );
    expect(json.user_info).toMatchObject({ role: 'patient', is_superuser: false });
  });

  test.each([
    ['username', 'ab'],
    ['username', 'a b c'],
    ['username', 'x'.repeat(151)],
    ['username', 'has@sign'],
    ['username', null],
    ['email', 'nobody'],
    ['email', `${'x'.repeat(250)}@example.com`],
    ['email', 7],
    ['password', 'short'],
    ['password', 'x'.repeat(201)],
    ['password_confirm', 'different password'],
    ['password_confirm', undefined],
    ['first_name', ''],
    ['first_name', 'R0bot'],
    ['first_name', 'x'.repeat(101)],
    ['last_name', '<b>'],
    ['document_number', '12'],
    ['document_number', 12_345_678],
    ['phone', 'call me'],
    ['birth_date', '1990-02-30'],
    ['birth_date', '90-02-03'],
    ['birth_date', '2999-01-01'],
  ])('refuses %s %p, naming it', async (field, value) => {
    const before = await rows();
    const repeated = field === 'password' ? { password_confirm: value } : {};
    const { status, json } = await register(person({ ...repeated, [field]: value }));
    expect([status, json.code, Object.keys(json.details)]).toEqual([400, 'VALIDATION_ERROR', [field]]);
    expect(await rows()).toEqual(before);
  });

  test.each([
    ['1234567', 'Debe tener al menos 8 caracteres.'],
    ['password1', 'Es una contraseña demasiado común.'],
    ['PassWord1', 'Es una contraseña demasiado común.'],
    ['ÁÉÍÓÚñ1', 'Debe tener al menos 8 caracteres.'],
  ])('refuses the password %p', async (password, reason) => {
    const { status, json } = await register(person({ password, password_confirm: password }));
    expect([status, json.details]).toEqual([400, { password: [reason] }]);
  });

  test('refuses the username as password, in any case', async () => {
    const username = `Rosaura.Quispe${unique()}`;
    const password = username.toUpperCase();
    const { status, json } = await register(person({ username, password, password_confirm: password }));
    expect([status, json.details]).toEqual([400, { password: ['No puede ser igual al nombre de usuario.'] }]);
  });

  test('tells in English what an English speaker has to know', async () => {
    const { json } = await register(person({ email: 'nobody' }), { 'accept-language': 'en-GB' });
    expect(json).toMatchObject({
      error: 'Invalid data',
      details: { email: ['Must be an e-mail address.'] },
    });
  });

  test.each(['username', 'email', 'document_number'] as const)(
    'with a %s that is taken names it and writes nothing',
    async (field) => {
      const first = await registered(app);
      const before = await rows();
      const value = field === 'document_number' ? first[field] : first[field].toUpperCase();
      const { status, json } = await register(person({ [field]: value }));
      expect([status, json.code, Object.keys(json.details)]).toEqual([409, 'CONFLICT', [field]]);
      expect(await rows()).toEqual(before);
    },
  );

  test('of one name by many at once makes one account', async () => {
    const { username } = person();
    const before = await rows();
    const answers = await Promise.all(Array.from({ length: 6 }, () => register(person({ username }))));
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
      201, 409, 409, 409, 409, 409,
    ]);
    const [accounts = 0, records = 0] = before;
    expect((await rows()).slice(0, 2)).toEqual([accounts + 1, records + 1]);
  });

  test('from one address is slowed down after a hundred an hour', async () => {
    const address = '192.0.2.77';
    for (let n = 0; n < 100; n++) await app.services.counters.add(`register:ip:${address}`, 3_600);
    const { status, json, headers } = await register(person(), { 'x-forwarded-for': address });
    expect([status, json.code]).toEqual([429, 'RATE_LIMITED']);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(3_000);
  });
});

describe('a repeated registration with its Idempotency-Key', () => {
  test('gives the first answer again and makes nothing', async () => {
    const [input, key] = [person(), crypto.randomUUID()];
    const first = await register(input, { 'idempotency-key': key });
    expect([first.status, first.headers.get('idempotent-replayed')]).toEqual([201, null]);
    const before = await rows();
    const again = await register(input, { 'idempotency-key': key });
    expect([again.status, again.headers.get('idempotent-replayed')]).toEqual([201, 'true']);
    expect(again.json).toEqual(first.json);
    expect(await rows()).toEqual(before);
  });

  test('at the same time makes one account and gives both the answer', async () => {
    const [input, key] = [person(), crypto.randomUUID()];
    const answers = await Promise.all([1, 2, 3].map(() => register(input, { 'idempotency-key': key })));
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
  });

  test('but another body is refused, and a failed one may be sent again', async () => {
    const key = `Key-${unique()}`;
    const failed = await register(person({ email: 'nobody' }), { 'idempotency-key': key });
    expect(failed.status).toBe(400);
    expect((await register(person(), { 'idempotency-key': key })).status).toBe(201);
    const { status, json } = await register(person(), { 'idempotency-key': key });
    expect([status, json.code]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED']);
    // A key is another one when a single letter is written differently.
    expect((await register(person(), { 'idempotency-key': key.toLowerCase() })).status).toBe(201);
  });

  test.each(['', ' ', 'a b', 'ñ', 'x'.repeat(201)])('refuses the key %p', async (key) => {
    const { status, json } = await register(person(), { 'idempotency-key': key });
    expect([status, Object.keys(json.details ?? {})]).toEqual([400, ['Idempotency-Key']]);
  });
});

test('no password and no hash is in any answer, log line, audit row or stored answer', async () => {
  const lines: string[] = [];
  const log = pino({ level: 'trace' }, { write: (line) => lines.push(line) });
  const request = requestTo(createApp({ ...app.services, log }));
  const secret = 'Muy-secreta-contraseña-99';
  const input = person({ password: secret, password_confirm: secret });
  const idempotent = { 'idempotency-key': crypto.randomUUID() };
  const answers = [
    await request('POST', '/api/auth/register/', { body: input, headers: idempotent }),
    await request('POST', '/api/auth/register/', { body: input, headers: idempotent }),
    await request('POST', '/api/auth/register/', { body: input }),
    await request('POST', '/api/auth/register/', { body: { ...input, email: 7, first_name: 8 } }),
    await request('POST', '/api/auth/register/', { body: JSON.stringify(input).slice(0, -1) }),
    await request('POST', `/api/auth/login/?password=${secret}`, {
      body: { username: input.username, password: secret },
    }),
    await request('POST', '/api/auth/login/', { body: { username: input.username, password: `${secret}x` } }),
    await request('POST', '/api/auth/login/', { body: { username: secret, password: [secret] } }),
  ];
  const tokens = [answers[5]?.json.access_token, answers[5]?.json.refresh_token].map(String);
  answers.push(await request('GET', '/api/auth/verify/', { token: tokens[0] }));
  answers.push(await request('GET', '/api/auth/sessions/', { token: tokens[0] }));
  expect(answers.map(({ status }) => status)).toEqual([201, 201, 409, 400, 400, 200, 401, 400, 200, 200]);

  const { db } = app.services;
  const [account] = await db.select().from(users).where(eq(users.username, input.username));
  expect(account?.passwordHash).toStartWith('$argon2id$');
  await Bun.sleep(20);
  const places = {
    answers: answers.map(({ text }) => text).join('\n'),
    log: lines.join('\n'),
    audit: JSON.stringify(await db.select().from(auditLog)),
    replays: JSON.stringify(await db.select().from(idempotencyKeys)),
  };
  expect(lines.length).toBeGreaterThanOrEqual(answers.length);
  for (const [place, text] of Object.entries(places)) {
    for (const word of [secret, PASSWORD, 'argon2', account?.passwordHash ?? '-']) {
      expect([place, text.includes(word)]).toEqual([place, false]);
    }
    if (place === 'answers') continue;
    for (const word of [...tokens, input.email, input.document_number]) {
      expect([place, word, place === 'replays' || !text.includes(word)]).toEqual([place, word, true]);
    }
  }
});
