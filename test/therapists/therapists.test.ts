import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { type Client, startTestApp, type TestApp, unique } from '../harness.ts';

let app: TestApp;
let admin: Client;
let patient: Client;

beforeAll(async () => {
  app = await startTestApp();
  admin = await app.as('administrator');
  patient = await app.as('patient');
});
afterAll(() => app.close());

const person = (fields: Record<string, unknown> = {}) => ({
  document_number: String(20_000_000 + unique()),
  license_number: `CTMP-T${unique()}`,
  first_name: 'Lucía',
  paternal_last_name: 'Zegarra',
  ...fields,
});

const specialty = async (name = `Especialidad ${unique()}`) =>
  (await admin.request('POST', '/api/specialties/', { body: { name } })).json as { id: number; name: string };

const register = async (fields: Record<string, unknown> = {}) => {
  const { status, json } = await admin.request('POST', '/api/therapists/', { body: person(fields) });
  expect(status).toBe(201);
  return json;
};

const ids = (json: { specialties: { id: number }[] }) => json.specialties.map((one) => one.id);

describe('registering', () => {
  test('answers with every field of the contract; anyone signed in reads it', async () => {
    const [b, a] = [await specialty('Zonal'), await specialty('Acupresión')];
    const json = await register({
      specialty_ids: [b.id, a.id, b.id],
      experience_years: 5,
      email: 'l@example.com',
    });
    expect(json).toMatchObject({
      full_name: 'Lucía Zegarra',
      is_active: true,
      experience_years: 5,
      specialties: [
        { id: a.id, name: 'Acupresión' },
        { id: b.id, name: 'Zonal' },
      ],
    });
    expect(Object.keys(json)).toEqual([
      'id',
      'user_id',
      'document_type',
      'document_number',
      'first_name',
      'paternal_last_name',
      'maternal_last_name',
      'full_name',
      'license_number',
      'experience_years',
      'specialties',
      'phone',
      'email',
      'is_active',
      'region_id',
      'province_id',
      'district_id',
      'created_at',
      'updated_at',
    ]);
    expect((await patient.request('GET', `/api/therapists/${json.id}/`)).json).toEqual(json);
  });

  test('is for administrators and supervisors', async () => {
    expect(
      (await (await app.as('supervisor')).request('POST', '/api/therapists/', { body: person() })).status,
    ).toBe(201);
    for (const role of ['patient', 'therapist', 'receptionist'] as const) {
      const { status } = await (await app.as(role)).request('POST', '/api/therapists/', { body: person() });
      expect(status).toBe(403);
    }
  });

  test('names the field of a value that is taken', async () => {
    const { document_number, license_number } = await register();
    const byDocument = await admin.request('POST', '/api/therapists/', { body: person({ document_number }) });
    const byLicense = await admin.request('POST', '/api/therapists/', { body: person({ license_number }) });
    expect([byDocument.status, Object.keys(byDocument.json.details)]).toEqual([409, ['document_number']]);
    expect([byLicense.status, Object.keys(byLicense.json.details)]).toEqual([409, ['license_number']]);
  });

  test.each([
    ['specialty_ids', [999_999]],
    ['specialty_ids', 'all'],
    ['license_number', ''],
    ['experience_years', -1],
    ['province_id', 999_999],
    ['user_id', 999_999],
  ])('refuses %s %p, and writes nothing', async (field, value) => {
    const body = person({ [field]: value });
    const { status, json } = await admin.request('POST', '/api/therapists/', { body });
    expect([status, json.code, Object.keys(json.details)]).toEqual([400, 'VALIDATION_ERROR', [field]]);
    const found = await admin.request('GET', `/api/therapists/?search=${body.document_number}`);
    expect(found.json.count).toBe(0);
  });

  test('links an account with the role only, and not one of a patient', async () => {
    const { id } = await register();
    const link = (userId: number) =>
      admin.request('PATCH', `/api/therapists/${id}/`, { body: { user_id: userId } });
    expect((await link(patient.userId)).status).toBe(409);
    expect((await link(admin.userId)).status).toBe(400);
    expect((await link((await app.as('therapist')).userId)).status).toBe(409);
  });
});

describe('changing', () => {
  test('PATCH leaves the specialties it does not name, PUT replaces them', async () => {
    const [a, b] = [await specialty(), await specialty()];
    const { id, document_number, license_number } = await register({ specialty_ids: [a.id] });
    const path = `/api/therapists/${id}/`;
    expect(ids((await admin.request('PATCH', path, { body: { phone: '987654321' } })).json)).toEqual([a.id]);
    expect(ids((await admin.request('PATCH', path, { body: { specialty_ids: [b.id] } })).json)).toEqual([
      b.id,
    ]);
    const put = await admin.request('PUT', path, { body: person({ document_number, license_number }) });
    expect(put.json).toMatchObject({ specialties: [], phone: null, is_active: true });
  });

  test('If-Match sees a change of the specialties', async () => {
    const a = await specialty();
    const { id } = await register();
    const path = `/api/therapists/${id}/`;
    const headers = { 'if-match': (await admin.request('GET', path)).headers.get('etag') ?? '' };
    expect((await admin.request('PATCH', path, { body: { specialty_ids: [a.id] } })).status).toBe(200);
    expect((await admin.request('PATCH', path, { body: { phone: '987654321' }, headers })).status).toBe(412);
  });
});

describe('lists', () => {
  test('are filtered by specialty and activity, and show specialties with names', async () => {
    const a = await specialty();
    const active = await register({ specialty_ids: [a.id] });
    await register({ specialty_ids: [a.id], is_active: false });
    await register();
    const { json } = await patient.request('GET', `/api/therapists/?specialty_id=${a.id}&is_active=true`);
    expect(json).toMatchObject({
      count: 1,
      results: [{ id: active.id, specialties: [{ id: a.id, name: a.name }] }],
    });
  });

  test('a deleted specialty is not shown until it is restored', async () => {
    const a = await specialty();
    const { id } = await register({ specialty_ids: [a.id] });
    const shown = async () => (await patient.request('GET', `/api/therapists/${id}/`)).json.specialties;
    await admin.request('DELETE', `/api/specialties/${a.id}/`);
    expect(await shown()).toEqual([]);
    await admin.request('POST', `/api/specialties/${a.id}/restore/`);
    expect(await shown()).toHaveLength(1);
  });
});

test('a deleted therapist is gone for bookings and lists; an administrator restores', async () => {
  const { id } = await register();
  const path = `/api/therapists/${id}/`;
  const supervisor = await app.as('supervisor');
  expect((await supervisor.request('DELETE', path)).status).toBe(200);
  expect((await patient.request('GET', path)).status).toBe(404);
  expect((await patient.request('GET', `${path}schedule/`)).status).toBe(404);
  expect((await supervisor.request('GET', '/api/therapists/?deleted=true')).status).toBe(403);
  expect((await supervisor.request('POST', `${path}restore/`)).status).toBe(403);
  expect((await admin.request('GET', '/api/therapists/?deleted=true')).json.results).toHaveLength(1);
  expect((await admin.request('POST', `${path}restore/`)).json.id).toBe(id);
  expect((await patient.request('GET', path)).status).toBe(200);
});
