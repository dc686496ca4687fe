import { afterAll, beforeAll, expect, test } from 'bun:test';
import { ensureStatuses } from '../../src/modules/appointments/default-statuses.ts';
import { appointments } from '../../src/modules/appointments/tables.ts';
import { type Client, startTestApp, type TestApp } from '../harness.ts';

let app: TestApp;
let admin: Client;
let patient: Client;

beforeAll(async () => {
  app = await startTestApp();
  await ensureStatuses(app.ctx());
  admin = await app.as('administrator');
  patient = await app.as('patient');
});
afterAll(() => app.close());

const PATH = '/api/appointments/statuses/';
type Entry = { id: number; name: string; label: string; color: string };

const entry = async (name: string): Promise<Entry> => {
  const { json } = await admin.request('GET', PATH);
  return json.results.find((row: Entry) => row.name === name);
};

const labelOfAnAppointment = async (status: 'pending' | 'no_show') => {
  const therapistId = await app.therapist();
  const dateTime = Temporal.Now.instant();
  const values = {
    therapistId,
    patientId: patient.patientId,
    dateTime,
    endsAt: dateTime,
    duration: 60,
    price: '1.00',
    status,
  };
  const [row] = await app.services.db.insert(appointments).values(values).$returningId();
  return (await patient.request('GET', `/api/appointments/${row?.id}/`)).json.status_label;
};

test('are the six of the contract with labels, read by anyone signed in', async () => {
  const { json } = await patient.request('GET', PATH);
  expect(json.results.map((row: Entry) => [row.name, row.label])).toEqual([
    ['pending', 'Pendiente'],
    ['confirmed', 'Confirmada'],
    ['in_progress', 'En curso'],
    ['completed', 'Completada'],
    ['cancelled', 'Cancelada'],
    ['no_show', 'No asistió'],
  ]);
  expect(Object.keys(json.results[0])).toEqual(['id', 'name', 'label', 'description', 'color', 'is_active']);
});

test('a new label is shown on appointments, and survives the next start', async () => {
  const { id } = await entry('pending');
  const changed = await admin.request('PATCH', `${PATH}${id}/`, { body: { label: 'Por confirmar' } });
  expect(changed.json).toMatchObject({ label: 'Por confirmar', name: 'pending' });
  await ensureStatuses(app.ctx());
  expect(await labelOfAnAppointment('pending')).toBe('Por confirmar');
});

test('a deleted one leaves the catalogue but not the appointments, and comes back when it is added again', async () => {
  const { id } = await entry('no_show');
  expect((await admin.request('DELETE', `${PATH}${id}/`)).status).toBe(200);
  await ensureStatuses(app.ctx());
  expect(await entry('no_show')).toBeUndefined();
  expect(await labelOfAnAppointment('no_show')).toBe('No asistió');

  const body = { name: 'no_show', label: 'Faltó', color: '#112233' };
  const { status, json } = await admin.request('POST', PATH, { body });
  expect([status, json]).toEqual([201, { id, ...body, description: null, is_active: true }]);
  expect(await labelOfAnAppointment('no_show')).toBe('Faltó');
});

test('a state is there once, and does not turn into another', async () => {
  const { id } = await entry('confirmed');
  const body = { name: 'completed', label: 'Lista', color: '#112233' };
  const twice = await admin.request('POST', PATH, { body });
  expect([twice.status, Object.keys(twice.json.details)]).toEqual([409, ['name']]);
  const other = await admin.request('PUT', `${PATH}${id}/`, { body });
  expect([other.status, Object.keys(other.json.details)]).toEqual([400, ['name']]);
});

test.each([
  ['name', { name: 'lost', label: 'x', color: '#112233' }],
  ['color', { name: 'pending', label: 'x', color: 'red' }],
  ['label', { name: 'pending', label: ' ', color: '#112233' }],
])('refuses a wrong %s', async (field, body) => {
  const { status, json } = await admin.request('POST', PATH, { body });
  expect([status, Object.keys(json.details)]).toEqual([400, [field]]);
});

test('are written by administrators only', async () => {
  const { id } = await entry('pending');
  for (const role of ['patient', 'therapist', 'receptionist', 'supervisor'] as const) {
    const client = await app.as(role);
    for (const [method, path] of [
      ['POST', PATH],
      ['PATCH', `${PATH}${id}/`],
      ['DELETE', `${PATH}${id}/`],
      ['POST', `${PATH}${id}/restore/`],
    ] as const) {
      expect((await client.request(method, path, { body: { label: 'x' } })).status).toBe(403);
    }
  }
});
