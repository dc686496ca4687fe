import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { appointments } from '../../src/modules/appointments/tables.ts';
import { type Client, startTestApp, type TestApp, unique } from '../harness.ts';

let app: TestApp;
let desk: Client;

beforeAll(async () => {
  app = await startTestApp();
  desk = await app.as('receptionist');
});
afterAll(() => app.close());

const PRIVATE = { health_condition: 'Diabetes tipo 2', address: 'Jr. Secreto 123', phone: '+51 911 222 333' };

const patientWithSecrets = async () => {
  const patient = await app.as('patient');
  await desk.request('PATCH', `/api/patients/${patient.patientId}/`, { body: PRIVATE });
  return patient;
};

const treat = async (therapistId: number, patientId: number) => {
  const dateTime = Temporal.Now.instant();
  const endsAt = dateTime.add({ hours: 1 });
  await app.services.db
    .insert(appointments)
    .values({ therapistId, patientId, dateTime, endsAt, duration: 60, price: '50.00' });
};

describe('a patient', () => {
  test('sees the own record and no other, in reads and lists', async () => {
    const [me, other] = [await app.as('patient'), await patientWithSecrets()];
    expect((await me.request('GET', `/api/patients/${me.patientId}/`)).json.id).toBe(me.patientId);
    const list = await me.request('GET', '/api/patients/');
    expect(list.json).toMatchObject({ count: 1, results: [{ id: me.patientId }] });

    const foreign = await me.request('GET', `/api/patients/${other.patientId}/`);
    const absent = await me.request('GET', '/api/patients/999999/');
    expect([foreign.status, absent.status]).toEqual([404, 404]);
    expect({ ...foreign.json, request_id: '' }).toEqual({ ...absent.json, request_id: '' });
    const change = await me.request('PATCH', `/api/patients/${other.patientId}/`, {
      body: { phone: '999999999' },
    });
    expect(change.status).toBe(404);
    const search = await me.request('GET', '/api/patients/?search=rosa&page_size=100');
    for (const { text } of [list, foreign, change, search]) {
      for (const secret of Object.values(PRIVATE)) expect(text).not.toContain(secret);
    }
  });

  test('changes how to be reached', async () => {
    const me = await app.as('patient');
    const body = {
      phone: '+51 988 777 666',
      address: 'Av. Nueva 1',
      emergency_contact: 'Luz',
      email: 'yo@example.com',
    };
    const { status, json } = await me.request('PATCH', `/api/patients/${me.patientId}/`, { body });
    expect(status).toBe(200);
    expect(json).toMatchObject(body);
  });

  test('changes nothing else, and is told which fields', async () => {
    const me = await app.as('patient');
    const body = { phone: '+51 988 777 666', first_name: 'Otro', health_condition: 'Sana', user_id: null };
    const { status, json } = await me.request('PATCH', `/api/patients/${me.patientId}/`, { body });
    expect([status, json.code]).toEqual([403, 'INSUFFICIENT_PERMISSIONS']);
    expect(Object.keys(json.details).toSorted()).toEqual(['first_name', 'health_condition', 'user_id']);
    expect((await me.request('GET', `/api/patients/${me.patientId}/`)).json.phone).not.toBe(body.phone);
  });

  test('may send the record back as it was read, with a new address', async () => {
    const me = await app.as('patient');
    const path = `/api/patients/${me.patientId}/`;
    const { json } = await me.request('GET', path);
    const put = await me.request('PUT', path, { body: { ...json, address: 'Av. Nueva 2' } });
    expect([put.status, put.json.address]).toEqual([200, 'Av. Nueva 2']);
  });

  test('registers, deletes and restores nobody', async () => {
    const me = await app.as('patient');
    expect((await me.request('DELETE', `/api/patients/${me.patientId}/`)).status).toBe(403);
    expect((await me.request('POST', `/api/patients/${me.patientId}/restore/`)).status).toBe(403);
    expect((await me.request('GET', '/api/patients/?deleted=true')).status).toBe(403);
  });
});

describe('a therapist', () => {
  test('sees and changes the patients that were ever assigned, no others', async () => {
    const [therapist, mine, other] = [
      await app.as('therapist'),
      await app.patient(),
      await patientWithSecrets(),
    ];
    await treat(therapist.therapistId, mine);
    const list = await therapist.request('GET', '/api/patients/?page_size=100');
    expect(list.json.results.map((row: { id: number }) => row.id)).toEqual([mine]);
    expect(list.text).not.toContain(PRIVATE.health_condition);
    expect((await therapist.request('GET', `/api/patients/${other.patientId}/`)).status).toBe(404);
    const body = { health_condition: 'Lumbalgia' };
    expect((await therapist.request('PATCH', `/api/patients/${mine}/`, { body })).json).toMatchObject(body);
    expect((await therapist.request('PATCH', `/api/patients/${other.patientId}/`, { body })).status).toBe(
      404,
    );
  });

  test('links no account', async () => {
    const [therapist, mine, account] = [
      await app.as('therapist'),
      await app.patient(),
      await loosePatientAccount(),
    ];
    await treat(therapist.therapistId, mine);
    const change = await therapist.request('PATCH', `/api/patients/${mine}/`, {
      body: { user_id: account.userId },
    });
    expect([change.status, Object.keys(change.json.details)]).toEqual([403, ['user_id']]);
    const body = {
      document_number: String(70_000_000 + unique()),
      first_name: 'A',
      paternal_last_name: 'B',
      user_id: account.userId,
    };
    expect((await therapist.request('POST', '/api/patients/', { body })).status).toBe(403);
  });
});

describe('an account', () => {
  test('reaches the record from the moment reception links it, and no longer when it is unlinked', async () => {
    const [account, record] = [await loosePatientAccount(), await app.patient()];
    const path = `/api/patients/${record}/`;
    expect((await account.request('GET', path)).status).toBe(404);
    expect((await desk.request('PATCH', path, { body: { user_id: account.userId } })).status).toBe(200);
    expect((await account.request('GET', path)).status).toBe(200);
    const { json } = await desk.request('GET', path);
    const { user_id: _, ...rest } = json;
    expect((await desk.request('PUT', path, { body: rest })).json.user_id).toBe(account.userId);
    expect((await desk.request('PATCH', path, { body: { user_id: null } })).json.user_id).toBeNull();
    expect((await account.request('GET', path)).status).toBe(404);
  });

  test('belongs to one person: not to two patients, nor to a therapist too, nor to another role', async () => {
    const record = `/api/patients/${await app.patient()}/`;
    const link = async (userId: number) => desk.request('PATCH', record, { body: { user_id: userId } });
    const taken = await link((await app.as('patient')).userId);
    const therapists = await link((await app.as('therapist')).userId);
    const otherRole = await link((await app.as('receptionist')).userId);
    expect([taken.status, therapists.status, otherRole.status]).toEqual([409, 409, 400]);
    for (const { json } of [taken, therapists, otherRole])
      expect(Object.keys(json.details)).toEqual(['user_id']);
  });

  test('of a deleted patient sees nothing', async () => {
    const [patient, admin] = [await app.as('patient'), await app.as('administrator')];
    await admin.request('DELETE', `/api/patients/${patient.patientId}/`);
    expect((await patient.request('GET', '/api/patients/')).json.results).toEqual([]);
  });
});

test('strangers get 401', async () => {
  for (const [method, path] of [
    ['GET', '/api/patients/'],
    ['POST', '/api/patients/'],
    ['GET', '/api/patients/1/'],
  ] as const) {
    expect((await app.request(method, path)).status).toBe(401);
  }
});

/** A signed-in patient account without a record. */
async function loosePatientAccount(): Promise<Client> {
  const account = await app.as('patient');
  await desk.request('PATCH', `/api/patients/${account.patientId}/`, { body: { user_id: null } });
  return account;
}
