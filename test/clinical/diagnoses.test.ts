import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { ensureDiagnosisCodes } from '../../src/modules/clinical/fill-codes.ts';
import { localDay } from '../../src/time.ts';
import { type Client, startTestApp, type TestApp } from '../harness.ts';
import { assign, clinicPeople, diagnosisOf, SECRET } from './people.ts';

let app: TestApp;
let patient: Client;
let therapist: Client;
let stranger: Client;
let admin: Client;

beforeAll(async () => {
  app = await startTestApp();
  await ensureDiagnosisCodes(app.ctx());
  ({ patient, therapist, stranger, admin } = await clinicPeople(app));
});
afterAll(() => app.close());

const today = () => localDay(Temporal.Now.instant(), app.config.timeZone);

const diagnose = async (more: Record<string, unknown> = {}, by = therapist) =>
  by.request('POST', '/api/diagnoses/', { body: diagnosisOf(patient, more) });

test('the form names its fields as the errors do, and asks for what is required', async () => {
  const { status, json } = await therapist.request('GET', '/api/diagnoses/create/');
  expect(status).toBe(200);
  expect(json.submit).toEqual({ method: 'POST', path: '/api/diagnoses/' });
  expect(JSON.stringify(json.fields)).toContain('diagnosis_data.symptoms');
  expect((await patient.request('GET', '/api/diagnoses/create/')).status).toBe(403);
});

test('a therapist diagnoses a patient, in the own name, today, with the code as the catalogue has it', async () => {
  const { status, json, headers } = await diagnose();
  expect(status).toBe(201);
  expect(headers.get('etag')).toBeTruthy();
  expect(json).toMatchObject({
    patient_id: patient.patientId,
    therapist_id: therapist.therapistId,
    diagnosis_data: { code: 'M54.5', name: 'Lumbago', symptoms: SECRET, observations: null },
    treatment_plan: 'Diez sesiones de masoterapia',
    diagnosis_date: today(),
    is_active: true,
  });
  const { json: log } = await admin.request('GET', `/api/audit/?entity=diagnosis&entity_id=${json.id}`);
  expect(log.results[0]).toMatchObject({ action: 'create', actor_id: therapist.userId });
});

test('an Idempotency-Key makes one diagnosis of two requests', async () => {
  const options = { body: diagnosisOf(patient), headers: { 'idempotency-key': crypto.randomUUID() } };
  const [first, second] = [
    await therapist.request('POST', '/api/diagnoses/', options),
    await therapist.request('POST', '/api/diagnoses/', options),
  ];
  expect([second.status, second.json.id]).toEqual([201, first.json.id]);
  expect(second.headers.get('idempotent-replayed')).toBe('true');
});

describe('is refused, by field,', () => {
  test.each([
    [{ diagnosis_data: { code: 'Q99.7', name: 'a', symptoms: 'b' } }, 'diagnosis_data.code'],
    [{ diagnosis_data: { code: 'lumbago', name: 'a', symptoms: 'b' } }, 'diagnosis_data.code'],
    [{ diagnosis_data: { name: 'a', symptoms: '  ' } }, 'diagnosis_data.symptoms'],
    [{ diagnosis_data: { symptoms: 'b' } }, 'diagnosis_data.name'],
    [{ diagnosis_date: '2999-01-01' }, 'diagnosis_date'],
    [{ diagnosis_date: '2026-02-30' }, 'diagnosis_date'],
    [{ patient_id: 999_999 }, 'patient_id'],
  ])('%p', async (more, field) => {
    const { status, json } = await diagnose(more);
    expect([status, json.code, Object.keys(json.details)]).toEqual([400, 'VALIDATION_ERROR', [field]]);
  });
});

describe('who writes', () => {
  test('an administrator names the therapist', async () => {
    const nameless = await diagnose({}, admin);
    expect([nameless.status, Object.keys(nameless.json.details)]).toEqual([400, ['therapist_id']]);
    const named = await diagnose({ therapist_id: therapist.therapistId }, admin);
    expect([named.status, named.json.therapist_id]).toEqual([201, therapist.therapistId]);
  });

  test('a therapist writes neither in another name nor for a foreign patient', async () => {
    const other = await diagnose({ therapist_id: stranger.therapistId });
    expect([other.status, Object.keys(other.json.details)]).toEqual([403, ['therapist_id']]);
    const foreign = await diagnose({}, stranger);
    const absent = await diagnose({ patient_id: 999_999 }, stranger);
    expect([foreign.status, foreign.json.details]).toEqual([400, absent.json.details]);
  });

  test('only its therapist and administrators change or delete an entry that colleagues see', async () => {
    const colleague = await app.as('therapist');
    await assign(app, colleague.therapistId, patient.patientId);
    const path = `/api/diagnoses/${(await diagnose()).json.id}/`;
    expect((await colleague.request('GET', path)).status).toBe(200);
    const body = { treatment_plan: 'Otro' };
    expect((await colleague.request('PATCH', path, { body })).status).toBe(403);
    expect((await colleague.request('DELETE', path)).status).toBe(403);
    expect((await therapist.request('PATCH', path, { body })).json.treatment_plan).toBe('Otro');
    expect((await admin.request('PATCH', path, { body: { is_active: false } })).json.is_active).toBeFalse();
  });
});

test('keeps its patient, and may be sent back as it was read', async () => {
  const { json } = await diagnose();
  const path = `/api/diagnoses/${json.id}/`;
  const same = await therapist.request('PUT', path, { body: json });
  expect([same.status, same.json.diagnosis_data]).toEqual([200, json.diagnosis_data]);
  const moved = await admin.request('PATCH', path, { body: { patient_id: await app.patient() } });
  expect([moved.status, Object.keys(moved.json.details)]).toEqual([400, ['patient_id']]);
});

test('a change that somebody else made first is not undone', async () => {
  const made = await diagnose();
  const path = `/api/diagnoses/${made.json.id}/`;
  const headers = { 'if-match': made.headers.get('etag') ?? '' };
  expect((await therapist.request('PATCH', path, { body: { is_active: false }, headers })).status).toBe(200);
  expect((await admin.request('PATCH', path, { body: { is_active: true }, headers })).status).toBe(412);
});

test('a deleted one is gone for all but administrators, who restore it', async () => {
  const { json } = await diagnose();
  const path = `/api/diagnoses/${json.id}/`;
  expect((await therapist.request('DELETE', path)).status).toBe(200);
  for (const one of [therapist, patient, admin]) expect((await one.request('GET', path)).status).toBe(404);
  expect((await therapist.request('GET', '/api/diagnoses/?deleted=true')).status).toBe(403);
  const deleted = await admin.request('GET', `/api/diagnoses/?deleted=true&patient_id=${patient.patientId}`);
  expect(deleted.json.results.map(({ id }: { id: number }) => id)).toContain(json.id);
  expect((await therapist.request('POST', `${path}restore/`)).status).toBe(403);
  expect((await admin.request('POST', `${path}restore/`)).json.id).toBe(json.id);
  expect((await patient.request('GET', path)).status).toBe(200);
});

test('the list is filtered, searched without accents, and ordered', async () => {
  const other = await clinicPeople(app);
  const add = async (code: string, name: string, date: string) =>
    other.therapist.request('POST', '/api/diagnoses/', {
      body: {
        patient_id: other.patient.patientId,
        diagnosis_date: date,
        diagnosis_data: { code, name, symptoms: 'x' },
      },
    });
  await add('M54.5', 'Lumbago crónico', '2026-01-10');
  await add('M54', 'Dorsalgia', '2026-02-10');
  await add('F41.1', 'Ansiedad', '2026-03-10');
  const names = async (query: string) => {
    const { json } = await other.therapist.request('GET', `/api/diagnoses/?${query}`);
    return json.results.map((one: { diagnosis_data: { name: string } }) => one.diagnosis_data.name);
  };
  expect(await names('')).toEqual(['Ansiedad', 'Dorsalgia', 'Lumbago crónico']);
  expect(await names('code=m54')).toEqual(['Dorsalgia', 'Lumbago crónico']);
  expect(await names('code=M545')).toEqual(['Lumbago crónico']);
  expect(await names('search=CRONICO')).toEqual(['Lumbago crónico']);
  expect(await names('search=f41')).toEqual(['Ansiedad']);
  expect(await names('date_from=2026-02-10&date_to=2026-03-09')).toEqual(['Dorsalgia']);
  expect(await names(`patient_id=${patient.patientId}`)).toEqual([]);
  expect(await names(`therapist_id=${other.therapist.therapistId}&ordering=diagnosis_date`)).toEqual([
    'Lumbago crónico',
    'Dorsalgia',
    'Ansiedad',
  ]);
});
