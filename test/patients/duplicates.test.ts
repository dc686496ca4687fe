import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { eq } from 'drizzle-orm';
import { appointments } from '../../src/modules/appointments/tables.ts';
import { patients } from '../../src/modules/patients/tables.ts';
import { type Client, startTestApp, type TestApp, unique } from '../harness.ts';

let app: TestApp;
let desk: Client;

beforeAll(async () => {
  app = await startTestApp();
  desk = await app.as('receptionist');
});
afterAll(() => app.close());

const letters = () => [...String(unique())].map((digit) => 'abcdefghij'[Number(digit)]).join('');

const someone = (fields: Record<string, unknown> = {}) => ({
  document_number: String(70_000_000 + unique()),
  first_name: 'José',
  paternal_last_name: `Muñante${letters()}`,
  maternal_last_name: 'Ñahui',
  birth_date: '1985-06-07',
  ...fields,
});

const register = (client: Client, body: unknown, query = '') =>
  client.request('POST', `/api/patients/${query}`, { body });

describe('registering somebody of the same name and birth date', () => {
  test('is refused with who it may be, whatever the accents and case', async () => {
    const first = someone();
    const { json: one } = await register(desk, first);
    const again = someone({
      ...first,
      document_number: someone().document_number,
      first_name: 'JOSE',
      maternal_last_name: null,
    });
    const { status, json } = await register(desk, again);
    expect([status, json.code]).toEqual([400, 'BUSINESS_RULE_VIOLATION']);
    expect(json.details.rule).toBe('possible_duplicate');
    expect(json.details.violations).toEqual([{ rule: 'possible_duplicate', message: json.details.message }]);
    expect(json.details.possible_duplicates).toEqual([
      {
        id: one.id,
        full_name: one.full_name,
        document_number: one.document_number,
        birth_date: '1985-06-07',
      },
    ]);
    const confirmed = await register(desk, again, '?confirm_duplicate=true');
    expect([confirmed.status, confirmed.json.document_number]).toEqual([201, again.document_number]);
  });

  test('is no matter with another maternal last name, birth date, or none', async () => {
    const first = someone();
    await register(desk, first);
    for (const other of [
      { maternal_last_name: 'Rojas' },
      { birth_date: '1985-06-08' },
      { birth_date: null },
    ]) {
      const { status } = await register(desk, {
        ...first,
        ...other,
        document_number: someone().document_number,
      });
      expect(status).toBe(201);
    }
  });

  test('is no matter when the other was deleted', async () => {
    const first = someone();
    const { json } = await register(desk, first);
    await app.services.db
      .update(patients)
      .set({ deletedAt: Temporal.Now.instant() })
      .where(eq(patients.id, json.id));
    expect((await register(desk, { ...first, document_number: someone().document_number })).status).toBe(201);
  });

  test('tells a therapist of no patient who is not theirs', async () => {
    const therapist = await app.as('therapist');
    const first = someone();
    const { json: one } = await register(desk, first);
    const again = { ...first, document_number: someone().document_number };
    const refused = await register(therapist, again);
    expect([refused.status, refused.json.details.possible_duplicates]).toEqual([400, []]);
    expect(refused.text).not.toContain(one.document_number);

    const dateTime = Temporal.Now.instant();
    const endsAt = dateTime.add({ hours: 1 });
    const between = { therapistId: therapist.therapistId, patientId: one.id };
    await app.services.db
      .insert(appointments)
      .values({ ...between, dateTime, endsAt, duration: 60, price: '50.00' });
    const { json } = await register(therapist, again);
    expect(json.details.possible_duplicates.map((row: { id: number }) => row.id)).toEqual([one.id]);
  });

  test('with a document that is taken is a conflict, confirmed or not', async () => {
    const first = someone();
    await register(desk, first);
    for (const query of ['', '?confirm_duplicate=true']) {
      const { status, json } = await register(desk, first, query);
      expect([status, json.code, Object.keys(json.details)]).toEqual([409, 'CONFLICT', ['document_number']]);
    }
  });
});

const ask = async (client: Client, query: Record<string, string>) =>
  (await client.request('GET', `/api/patients/duplicates/?${new URLSearchParams(query)}`)).json.results;

describe('asking while typing', () => {
  test('finds by document, and by names with the birth date', async () => {
    const first = someone();
    const { json: one } = await register(desk, first);
    const names = {
      first_name: 'jose',
      paternal_last_name: first.paternal_last_name.toUpperCase().replace('Ñ', 'N'),
      birth_date: '1985-06-07',
    };
    const found = {
      id: one.id,
      full_name: one.full_name,
      document_number: first.document_number,
      birth_date: '1985-06-07',
    };
    expect(await ask(desk, { document_number: first.document_number })).toEqual([
      { ...found, matches: 'document_number' },
    ]);
    expect(await ask(desk, names)).toEqual([{ ...found, matches: 'name_and_birth_date' }]);
    expect(await ask(desk, { ...names, document_number: first.document_number })).toEqual([
      { ...found, matches: 'document_number' },
    ]);
    expect(await ask(desk, { first_name: 'jose' })).toEqual([]);
    const therapist = await app.as('therapist');
    expect(await ask(therapist, { ...names, document_number: first.document_number })).toEqual([]);
    expect((await (await app.as('patient')).request('GET', '/api/patients/duplicates/')).status).toBe(403);
  });
});

const expected = async (fields: Partial<typeof appointments.$inferInsert>) => {
  const [patientId, therapistId] = [await app.patient(), await app.therapist()];
  const dateTime = Temporal.Now.instant().add({ hours: 48 });
  const endsAt = dateTime.add({ hours: 1 });
  await app.services.db
    .insert(appointments)
    .values({ patientId, therapistId, dateTime, endsAt, duration: 60, price: '50.00', ...fields });
  return { patientId, therapistId };
};

describe('somebody who is still expected', () => {
  test('is deleted neither as a patient nor as a therapist, and the answer says how many appointments there are', async () => {
    const admin = await app.as('administrator');
    const { patientId, therapistId } = await expected({});
    for (const path of [`/api/patients/${patientId}/`, `/api/therapists/${therapistId}/`]) {
      const { status, json } = await admin.request('DELETE', path);
      expect([status, json.details.rule]).toEqual([400, 'has_upcoming_appointments']);
      expect(json.details.message).toContain('1 cita por venir');
      expect((await admin.request('GET', path)).status).toBe(200);
    }
  });

  test('is deleted when the appointments are cancelled or past', async () => {
    const admin = await app.as('administrator');
    const past = Temporal.Now.instant().subtract({ hours: 48 });
    for (const fields of [
      { status: 'cancelled' as const },
      { dateTime: past, endsAt: past.add({ hours: 1 }) },
    ]) {
      const { patientId, therapistId } = await expected(fields);
      expect((await admin.request('DELETE', `/api/patients/${patientId}/`)).status).toBe(200);
      expect((await admin.request('DELETE', `/api/therapists/${therapistId}/`)).status).toBe(200);
    }
  });
});
