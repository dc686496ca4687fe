import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { type Client, startTestApp, type TestApp } from '../harness.ts';
import { clinicPeople, diagnosisOf } from './people.ts';

let app: TestApp;
let patient: Client;
let therapist: Client;
let stranger: Client;
let admin: Client;

beforeAll(async () => {
  app = await startTestApp();
  ({ patient, therapist, stranger, admin } = await clinicPeople(app));
});
afterAll(() => app.close());

const begin = (more: Record<string, unknown> = {}, by = therapist) =>
  by.request('POST', '/api/treatments/', {
    body: {
      patient_id: patient.patientId,
      treatment_type: 'therapy',
      description: 'Masoterapia lumbar',
      sessions_planned: 12,
      start_date: '2026-01-05',
      ...more,
    },
  });

const change = (id: number, body: Record<string, unknown>) =>
  therapist.request('PATCH', `/api/treatments/${id}/`, { body });

test('progress follows the sessions', async () => {
  const { status, json } = await begin();
  expect(status).toBe(201);
  expect(json).toMatchObject({ status: 'active', sessions_done: 0, progress: 0, end_date: null });
  expect((await change(json.id, { sessions_done: 5 })).json.progress).toBe(41);
  expect((await change(json.id, { sessions_done: 12 })).json.progress).toBe(100);
  expect((await begin({ sessions_planned: null, sessions_done: 3 })).json.progress).toBeNull();
});

describe('refuses what contradicts itself', () => {
  test.each([
    [{ sessions_done: 13 }, 'sessions_done'],
    [{ sessions_done: -1 }, 'sessions_done'],
    [{ sessions_planned: 0 }, 'sessions_planned'],
    [{ end_date: '2026-01-04' }, 'end_date'],
    [{ duration_weeks: 0 }, 'duration_weeks'],
    [{ treatment_type: 'magic' }, 'treatment_type'],
    [{ diagnosis_id: 999_999 }, 'diagnosis_id'],
  ])('%p', async (more, field) => {
    const { status, json } = await begin(more);
    expect([status, Object.keys(json.details)]).toEqual([400, [field]]);
  });

  test('also when only one side changes', async () => {
    const { json } = await begin({ sessions_done: 10, end_date: '2026-03-01' });
    expect(Object.keys((await change(json.id, { sessions_planned: 9 })).json.details)).toEqual([
      'sessions_done',
    ]);
    expect(Object.keys((await change(json.id, { start_date: '2026-04-01' })).json.details)).toEqual([
      'end_date',
    ]);
  });

  test('a diagnosis of another patient', async () => {
    const other = await clinicPeople(app);
    const { json } = await other.therapist.request('POST', '/api/diagnoses/', {
      body: diagnosisOf(other.patient, { diagnosis_data: { name: 'Lumbago', symptoms: 'Dolor' } }),
    });
    expect(Object.keys((await begin({ diagnosis_id: json.id })).json.details)).toEqual(['diagnosis_id']);
  });
});

describe('its state', () => {
  test.each([
    ['active', 'paused', 200],
    ['active', 'completed', 200],
    ['paused', 'active', 200],
    ['paused', 'cancelled', 200],
    ['completed', 'active', 400],
    ['cancelled', 'paused', 400],
    ['completed', 'completed', 200],
  ])('from %s to %s: %i', async (from, to, expected) => {
    const { json } = await begin({ status: from });
    const { status, json: answer } = await change(json.id, { status: to });
    expect(status).toBe(expected);
    if (status === 400) {
      expect([answer.code, answer.details.rule]).toEqual([
        'BUSINESS_RULE_VIOLATION',
        'invalid_status_transition',
      ]);
    } else expect(answer.status).toBe(to);
  });
});

test('the list is filtered', async () => {
  const other = await clinicPeople(app);
  const add = async (more: Record<string, unknown>) =>
    (await begin({ patient_id: other.patient.patientId, ...more }, other.therapist)).json.id;
  const drug = await add({
    treatment_type: 'medication',
    description: 'Crema analgésica',
    start_date: '2026-02-01',
  });
  const paused = await add({ status: 'paused' });
  const ids = async (query: string) =>
    (await other.therapist.request('GET', `/api/treatments/?${query}`)).json.results.map(
      ({ id }: { id: number }) => id,
    );
  expect(await ids('')).toEqual([drug, paused]);
  expect(await ids('treatment_type=medication')).toEqual([drug]);
  expect(await ids('status=paused')).toEqual([paused]);
  expect(await ids('search=ANALGESICA')).toEqual([drug]);
  expect(await ids('date_to=2026-01-31')).toEqual([paused]);
});

test('therapists of other patients see and touch nothing', async () => {
  const { json } = await begin();
  const path = `/api/treatments/${json.id}/`;
  for (const [method, body] of [['GET'], ['PATCH', { sessions_done: 1 }], ['DELETE']] as const) {
    expect((await stranger.request(method, path, { body })).status).toBe(404);
  }
  expect((await patient.request('GET', path)).json.description).toBe('Masoterapia lumbar');
  expect((await patient.request('PATCH', path, { body: { sessions_done: 12 } })).status).toBe(403);
  expect((await admin.request('DELETE', path)).status).toBe(200);
  expect((await admin.request('POST', `${path}restore/`)).json.id).toBe(json.id);
});
