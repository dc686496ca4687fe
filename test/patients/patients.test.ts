import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { and, asc, eq } from 'drizzle-orm';
import { auditLog } from '../../src/db/audit.ts';
import { type Client, startTestApp, type TestApp, unique } from '../harness.ts';

let app: TestApp;
let desk: Client;
let admin: Client;

beforeAll(async () => {
  app = await startTestApp();
  desk = await app.as('receptionist');
  admin = await app.as('administrator');
});
afterAll(() => app.close());

const person = (fields: Record<string, unknown> = {}) => ({
  document_number: String(70_000_000 + unique()),
  first_name: 'María José',
  paternal_last_name: 'Peña',
  maternal_last_name: 'Ñahui',
  ...fields,
});

const register = async (fields: Record<string, unknown> = {}) => {
  const { status, json } = await desk.request('POST', '/api/patients/', { body: person(fields) });
  expect(status).toBe(201);
  return json;
};

const ids = async (query: string): Promise<number[]> =>
  (await desk.request('GET', `/api/patients/?${query}`)).json.results.map((row: { id: number }) => row.id);

const audited = (id: number) =>
  app.services.db
    .select()
    .from(auditLog)
    .where(and(eq(auditLog.entity, 'patient'), eq(auditLog.entityId, String(id))))
    .orderBy(asc(auditLog.id));

describe('registering', () => {
  test('answers with every field of the contract, and no other', async () => {
    const given = person({
      birth_date: '1990-02-28',
      sex: 'F',
      phone: '+51 999 888 777',
      email: 'm@example.com',
    });
    const { status, json } = await desk.request('POST', '/api/patients/', { body: given });
    expect(status).toBe(201);
    expect(json).toMatchObject({ ...given, document_type: 'DNI', full_name: 'María José Peña Ñahui' });
    expect(Object.keys(json)).toEqual([
      'id',
      'user_id',
      'document_type',
      'document_number',
      'first_name',
      'paternal_last_name',
      'maternal_last_name',
      'full_name',
      'birth_date',
      'age',
      'sex',
      'phone',
      'phone_secondary',
      'email',
      'occupation',
      'health_condition',
      'allergies',
      'blood_type',
      'emergency_contact',
      'emergency_phone',
      'address',
      'region_id',
      'province_id',
      'district_id',
      'created_at',
      'updated_at',
    ]);
    const read = await desk.request('GET', `/api/patients/${json.id}/`);
    expect(read.json).toEqual(json);
  });

  test('counts the age in the days of the clinic', async () => {
    const today = Temporal.Now.plainDateISO('America/Lima');
    const birthday = await register({ birth_date: today.subtract({ years: 30 }).toString() });
    const tomorrow = await register({
      birth_date: today.subtract({ years: 30 }).add({ days: 1 }).toString(),
    });
    const unknown = await register();
    expect([birthday.age, tomorrow.age, unknown.age]).toEqual([30, 29, null]);
  });

  test('refuses a document that is taken, naming it', async () => {
    const { document_number } = await register();
    const { status, json } = await desk.request('POST', '/api/patients/', {
      body: person({ document_number }),
    });
    expect(status).toBe(409);
    expect(json.code).toBe('CONFLICT');
    expect(Object.keys(json.details)).toEqual(['document_number']);
  });

  test.each([
    ['document_number', 'x'],
    ['first_name', '<b>'],
    ['paternal_last_name', ''],
    ['birth_date', '2030-02-30'],
    ['birth_date', '2200-01-01'],
    ['sex', 'X'],
    ['phone', 'call me'],
    ['email', 'nobody'],
    ['blood_type', 'C+'],
    ['region_id', 999_999],
    ['district_id', 0],
    ['user_id', 999_999],
  ])('refuses %s %p', async (field, value) => {
    const { status, json } = await desk.request('POST', '/api/patients/', {
      body: person({ [field]: value }),
    });
    expect([status, json.code]).toEqual([400, 'VALIDATION_ERROR']);
    expect(Object.keys(json.details)).toEqual([field]);
  });

  test('gives the first answer to a repeated Idempotency-Key, and registers once', async () => {
    const body = person();
    const headers = { 'idempotency-key': `patient-${unique()}` };
    const first = await desk.request('POST', '/api/patients/', { body, headers });
    const again = await desk.request('POST', '/api/patients/', { body, headers });
    expect([first.status, again.status]).toEqual([201, 201]);
    expect(again.json).toEqual(first.json);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
  });

  test('is for the staff', async () => {
    for (const role of ['patient', 'supervisor'] as const) {
      const { status } = await (await app.as(role)).request('POST', '/api/patients/', { body: person() });
      expect(status).toBe(403);
    }
    const therapist = await app.as('therapist');
    expect((await therapist.request('POST', '/api/patients/', { body: person() })).status).toBe(201);
  });
});

describe('lists', () => {
  test('find words in any order, without accents or case', async () => {
    const { id } = await register({
      first_name: 'Ángel',
      paternal_last_name: 'Cárdenas',
      phone: '912 345 678',
    });
    for (const search of ['cardenas angel', 'ÁNGEL CARD', '912345678 ángel']) {
      const { json } = await desk.request('GET', `/api/patients/?search=${encodeURIComponent(search)}`);
      expect(json.results.map((row: { id: number }) => row.id)).toEqual([id]);
    }
    const { json } = await desk.request('GET', '/api/patients/?search=cardenas%25');
    expect(json.results).toEqual([]);
  });

  test('are filtered by sex, document and day of registration', async () => {
    const { id, document_number } = await register({ sex: 'O' });
    const today = Temporal.Now.plainDateISO('America/Lima').toString();
    expect(await ids('sex=O')).toEqual([id]);
    expect(await ids(`document_number=${document_number}`)).toEqual([id]);
    expect(await ids(`document_number=${document_number}&created_from=${today}&created_to=${today}`)).toEqual(
      [id],
    );
    expect(await ids(`document_number=${document_number}&created_from=2199-01-01`)).toEqual([]);
  });

  test('have pages with links that keep the filters, in the order asked for', async () => {
    const name = `Zeta${'abcdefgh'[unique() % 8]}`;
    for (const first of ['Carla', 'Ana', 'Berta'])
      await register({ first_name: first, paternal_last_name: name });
    const path = `/api/patients/?search=${name}&page_size=2&ordering=paternal_last_name`;
    const first = (await desk.request('GET', path)).json;
    expect(first.count).toBe(3);
    expect(first.previous).toBeNull();
    expect(first.results.map((row: { first_name: string }) => row.first_name)).toEqual(['Ana', 'Berta']);
    const next = new URL(first.next);
    expect(next.searchParams.get('search')).toBe(name);
    const second = (await desk.request('GET', next.pathname + next.search)).json;
    expect(second.results.map((row: { first_name: string }) => row.first_name)).toEqual(['Carla']);
    expect(second.next).toBeNull();
    expect(new URL(second.previous).searchParams.get('page')).toBe('1');
  });

  test.each([
    'ordering=health_condition',
    'page=0',
    'page_size=101',
    'sex=Z',
    'created_from=yesterday',
    'deleted=1',
  ])('refuse %s', async (query) => {
    expect((await desk.request('GET', `/api/patients/?${query}`)).status).toBe(400);
  });
});

describe('changing', () => {
  test('PATCH touches what it names, PUT empties what it leaves out', async () => {
    const { id, document_number } = await register({ occupation: 'Docente', allergies: 'Polen' });
    const patched = (await desk.request('PATCH', `/api/patients/${id}/`, { body: { occupation: 'Chef' } }))
      .json;
    expect(patched).toMatchObject({ occupation: 'Chef', allergies: 'Polen', document_type: 'DNI' });
    const put = (await desk.request('PUT', `/api/patients/${id}/`, { body: person({ document_number }) }))
      .json;
    expect(put).toMatchObject({ occupation: null, allergies: null });
    const incomplete = await desk.request('PUT', `/api/patients/${id}/`, { body: { occupation: 'Chef' } });
    expect(Object.keys(incomplete.json.details).toSorted()).toEqual([
      'document_number',
      'first_name',
      'paternal_last_name',
    ]);
  });

  test('a changed name is found, the old one is not', async () => {
    const { id } = await register({ paternal_last_name: 'Antesdetodo' });
    await desk.request('PATCH', `/api/patients/${id}/`, { body: { paternal_last_name: 'Despuésdetodo' } });
    const count = async (search: string) =>
      (await desk.request('GET', `/api/patients/?search=${search}`)).json.count;
    expect([await count('antesdetodo'), await count('despuesdetodo')]).toEqual([0, 1]);
  });

  test('If-Match with an old ETag changes nothing', async () => {
    const { id } = await register();
    const path = `/api/patients/${id}/`;
    const etag = (await desk.request('GET', path)).headers.get('etag') ?? '';
    const headers = { 'if-match': etag };
    const first = await desk.request('PATCH', path, { body: { occupation: 'Uno' }, headers });
    const second = await desk.request('PATCH', path, { body: { occupation: 'Dos' }, headers });
    const removal = await admin.request('DELETE', path, { headers });
    expect([first.status, second.status, removal.status]).toEqual([200, 412, 412]);
    const now = await desk.request('GET', path);
    expect(now.json.occupation).toBe('Uno');
    expect(now.headers.get('etag')).toBe(first.headers.get('etag'));
  });

  test('of several changes to one version, one is made', async () => {
    const { id } = await register();
    const path = `/api/patients/${id}/`;
    const headers = { 'if-match': (await desk.request('GET', path)).headers.get('etag') ?? '' };
    const changes = await Promise.all(
      ['A', 'B', 'C', 'D'].map((occupation) =>
        desk.request('PATCH', path, { body: { occupation }, headers }),
      ),
    );
    expect(changes.map(({ status }) => String(status)).toSorted()).toEqual(['200', '412', '412', '412']);
  });

  test('a document that another patient has is refused', async () => {
    const [one, other] = [await register(), await register()];
    const { status, json } = await desk.request('PATCH', `/api/patients/${one.id}/`, {
      body: { document_number: other.document_number },
    });
    expect([status, Object.keys(json.details)]).toEqual([409, ['document_number']]);
  });

  test('leaves an audit row with what changed only', async () => {
    const { id } = await register({ occupation: 'Docente' });
    await desk.request('PATCH', `/api/patients/${id}/`, { body: { occupation: 'Chef' } });
    const rows = await audited(id);
    expect(rows.map(({ action }) => action)).toEqual(['create', 'update']);
    expect(rows[1]?.before).toMatchObject({ occupation: 'Docente' });
    expect(rows[1]?.after).toMatchObject({ occupation: 'Chef' });
    expect(rows[1]?.after).not.toHaveProperty('document_number');
  });
});

describe('deleting', () => {
  test('hides the patient from everyone, until an administrator restores', async () => {
    const { id } = await register();
    const path = `/api/patients/${id}/`;
    expect((await desk.request('DELETE', path)).status).toBe(403);
    const removal = await admin.request('DELETE', path);
    expect([removal.status, Object.keys(removal.json)]).toEqual([200, ['success_message']]);
    expect((await admin.request('GET', path)).status).toBe(404);
    expect((await desk.request('PATCH', path, { body: { occupation: 'x' } })).status).toBe(404);
    expect((await admin.request('DELETE', path)).status).toBe(404);

    expect((await desk.request('GET', '/api/patients/?deleted=true')).status).toBe(403);
    expect((await desk.request('POST', `${path}restore/`)).status).toBe(403);
    const deleted = await admin.request('GET', '/api/patients/?deleted=true');
    expect(deleted.json.results.map((row: { id: number }) => row.id)).toEqual([id]);
    expect((await admin.request('POST', `${path}restore/`)).json.id).toBe(id);
    expect((await admin.request('POST', `${path}restore/`)).status).toBe(404);
    expect((await desk.request('GET', path)).status).toBe(200);
    expect((await audited(id)).map(({ action }) => action)).toEqual(['create', 'delete', 'restore']);
  });

  test('keeps the document taken, and says why', async () => {
    const { id, document_number } = await register();
    await admin.request('DELETE', `/api/patients/${id}/`);
    const { status, json } = await desk.request('POST', '/api/patients/', {
      body: person({ document_number }),
    });
    expect(status).toBe(409);
    expect(json.details.document_number[0]).toMatch(/eliminado/);
  });
});
