import { afterAll, beforeAll, expect, test } from 'bun:test';
import { sql } from 'drizzle-orm';
import { ensureReferenceData } from '../../src/db/reference-data.ts';
import { ensureDemo } from '../../src/demo/ensure.ts';
import { startTestApp, type TestApp } from '../harness.ts';
import { brokenRules } from './rules.ts';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp();
  await ensureReferenceData(app.ctx());
  await Promise.all([1, 2, 3].map(() => ensureDemo(app.ctx())));
});
afterAll(() => app.close());

async function rows(query: string): Promise<Record<string, unknown>[]> {
  const [result] = await app.services.db.execute(sql.raw(query));
  return result as unknown as Record<string, unknown>[];
}

const logIn = (username: string) =>
  app.request('POST', '/api/auth/login/', { body: { username, password: 'Demo1234!' } });

test('three at once, and one later, fill the database once', async () => {
  await ensureDemo(app.ctx());
  const [counts] =
    await rows(`select (select count(*) from users) as users, (select count(*) from therapists) as therapists,
    (select count(*) from patients) as patients, (select count(*) from appointments) as appointments`);
  expect(counts).toEqual({ users: 5, therapists: 8, patients: 100, appointments: 2_400 });
});

test('obeys every rule of the clinic', async () => {
  expect(await brokenRules(app.services.db)).toEqual({});
});

test.each([
  ['admin', 'administrator'],
  ['supervisor', 'supervisor'],
  ['recepcion', 'receptionist'],
  ['terapeuta', 'therapist'],
  ['paciente', 'patient'],
])('%s logs in as %s', async (username, role) => {
  const { status, json } = await logIn(username);
  expect(status).toBe(200);
  expect(json.user_info).toMatchObject({ username, role, is_superuser: username === 'admin' });
  expect(json.user_info.therapist_id !== null).toBe(username === 'terapeuta');
  expect(json.user_info.patient_id !== null).toBe(username === 'paciente');
});

test('the linked therapist and patient have appointments behind them and ahead', async () => {
  for (const username of ['terapeuta', 'paciente']) {
    const { json } = await logIn(username);
    const token = json.access_token;
    const now = new Date().toISOString().slice(0, 10);
    const past = await app.request('GET', `/api/appointments/?date_to=${now}&page_size=1`, { token });
    const ahead = await app.request('GET', `/api/appointments/?date_from=${now}&page_size=1`, { token });
    expect(past.json.count).toBeGreaterThan(5);
    expect(ahead.json.count).toBeGreaterThan(0);
  }
});

test('nothing in it could be taken for a person: addresses, telephones and documents that nobody has', async () => {
  const wrong = await rows(`select id from patients where occupation <> 'Dato de demostración'
      or email not like '%@demo.example' or phone not like '+51 000 %' or document_number not like '00000%'
    union all select id from therapists where license_number not like 'DEMO-%'
      or email not like '%@demo.example' or phone not like '+51 000 %' or document_number not like '00000%'
    union all select id from users where email not like '%@demo.example'`);
  expect(wrong).toEqual([]);
});

test('spans sixty days back to thirty ahead, with every end an appointment can have', async () => {
  const [span] = await rows(
    'select datediff(now(), min(date_time)) as back, datediff(max(date_time), now()) as ahead from appointments',
  );
  expect(Number(span?.['back'])).toBeWithin(55, 62);
  expect(Number(span?.['ahead'])).toBeWithin(26, 32);
  const states = await rows('select status, count(*) as n from appointments group by status');
  const byState = Object.fromEntries(states.map(({ status, n }) => [String(status), Number(n)]));
  expect(byState['completed']).toBeGreaterThan(1_400);
  for (const state of ['pending', 'confirmed', 'cancelled', 'no_show'])
    expect(byState[state]).toBeGreaterThan(80);
  const methods = await rows(
    'select distinct payment_method as m from tickets where payment_method is not null',
  );
  expect(new Set(methods.map(({ m }) => m))).toEqual(
    new Set(['efectivo', 'plin', 'tarjeta', 'transferencia', 'yape']),
  );
  const [ledger] = await rows(
    "select sum(kind = 'payment') as payments, sum(kind = 'refund') as refunds, count(received_by) as signed, count(*) as n from payments",
  );
  expect(Number(ledger?.['payments'])).toBeGreaterThan(1_400);
  expect(Number(ledger?.['refunds'])).toBeGreaterThan(10);
  expect(Number(ledger?.['signed'])).toBe(Number(ledger?.['n']));
});

test('leaves a database with accounts alone', async () => {
  const other = await startTestApp();
  await other.as('patient');
  await ensureDemo(other.ctx());
  const [counts] = (await other.services.db.execute(
    sql`select (select count(*) from users) as users, (select count(*) from appointments) as appointments`,
  )) as unknown as [Record<string, unknown>[]];
  expect(counts[0]).toEqual({ users: 1, appointments: 0 });
  await other.close();
});
