import { afterAll, beforeAll, expect, test } from 'bun:test';
import { appointments } from '../../src/modules/appointments/tables.ts';
import {
  diagnoses,
  historyTemplates,
  historyTemplateVersions,
  medicalHistories,
  treatments,
} from '../../src/modules/clinical/tables.ts';
import { type Client, startTestApp, type TestApp } from '../harness.ts';

let app: TestApp;
let patient: Client;
let therapist: Client;
let admin: Client;

const at = (text: string) => Temporal.Instant.from(text);

beforeAll(async () => {
  app = await startTestApp();
  [patient, therapist, admin] = [
    await app.as('patient'),
    await app.as('therapist'),
    await app.as('administrator'),
  ];
  const { db } = app.services;
  const owners = { patientId: patient.patientId, therapistId: therapist.therapistId };
  const visit = {
    ...owners,
    duration: 60,
    price: '50.00',
    appointmentType: 'Masoterapia',
    reason: 'Control',
  };
  await db.insert(appointments).values([
    // 20:00 of 10 March in Lima is 11 March in UTC.
    { ...visit, dateTime: at('2026-03-11T01:00:00Z'), endsAt: at('2026-03-11T02:00:00Z') },
    {
      ...visit,
      dateTime: at('2026-03-11T15:00:00Z'),
      endsAt: at('2026-03-11T16:00:00Z'),
      status: 'completed',
    },
  ]);
  await db.insert(diagnoses).values([
    { ...owners, code: 'M54.5', name: 'Lumbago', symptoms: 'Dolor', diagnosisDate: '2026-03-10' },
    {
      ...owners,
      name: 'Borrado',
      symptoms: 'Nada',
      diagnosisDate: '2026-03-10',
      deletedAt: at('2026-03-11T00:00:00Z'),
    },
  ]);
  await db.insert(treatments).values({
    ...owners,
    treatmentType: 'therapy',
    description: 'Masajes',
    startDate: '2026-03-11',
  });
  const [{ insertId: templateId }] = await db.insert(historyTemplates).values({ name: 'Historia clínica' });
  await db
    .insert(historyTemplateVersions)
    .values({ templateId, version: 1, sections: [], fields: [], createdAt: at('2026-01-01T00:00:00Z') });
  await db
    .insert(medicalHistories)
    .values({ ...owners, templateId, templateVersion: 1, historyDate: '2026-03-09', fieldsData: {} });
});
afterAll(() => app.close());

const read = async (query = '', by = patient) =>
  (await by.request('GET', `/api/patients/${patient.patientId}/history/${query}`)).json;

test('tells everything, newest first, by the days of the clinic', async () => {
  const { count, results } = await read();
  expect(count).toBe(5);
  const lines = results.map((one: Record<string, unknown>) => [
    one['type'],
    one['date'],
    one['date_time'],
    one['title'],
    one['detail'],
    one['status'],
  ]);
  expect(lines).toEqual([
    ['treatment', '2026-03-11', null, 'therapy', 'Masajes', 'active'],
    ['appointment', '2026-03-11', '2026-03-11T10:00:00-05:00', 'Masoterapia', 'Control', 'completed'],
    ['diagnosis', '2026-03-10', null, 'M54.5 Lumbago', 'Dolor', 'active'],
    ['appointment', '2026-03-10', '2026-03-10T20:00:00-05:00', 'Masoterapia', 'Control', 'pending'],
    ['history', '2026-03-09', null, 'Historia clínica', null, null],
  ]);
  expect(results[0].therapist).toEqual({ id: therapist.therapistId, full_name: 'Julio Ramos Flores' });
  expect(JSON.stringify(results)).not.toContain('Borrado');
});

test('tells the same to the therapist and to administrators', async () => {
  const own = await read();
  expect(await read('', therapist)).toEqual(own);
  expect(await read('', admin)).toEqual(own);
});

const types = async (query: string) =>
  (await read(`?types=${query}`)).results.map(({ type }: { type: string }) => type);

test('keeps to the kinds that are asked for', async () => {
  expect(await types('history')).toEqual(['history']);
  expect(await types('diagnosis,%20treatment')).toEqual(['treatment', 'diagnosis']);
  const { status, json } = await patient.request(
    'GET',
    `/api/patients/${patient.patientId}/history/?types=invoice`,
  );
  expect([status, json.code]).toEqual([400, 'VALIDATION_ERROR']);
});

test('pages', async () => {
  const first = await read('?page_size=2');
  expect([first.count, first.results.length, first.previous]).toEqual([5, 2, null]);
  const last = await read('?page_size=2&page=3');
  expect([last.count, last.results.map(({ type }: { type: string }) => type), last.next]).toEqual([
    5,
    ['history'],
    null,
  ]);
});

test('of somebody else, of nobody, or of a deleted patient is not found', async () => {
  const [other, stranger] = [await app.as('patient'), await app.as('therapist')];
  const path = `/api/patients/${patient.patientId}/history/`;
  for (const one of [other, stranger]) {
    const foreign = await one.request('GET', path);
    const absent = await one.request('GET', '/api/patients/999999/history/');
    expect([foreign.status, absent.status]).toEqual([404, 404]);
    expect({ ...foreign.json, request_id: '' }).toEqual({ ...absent.json, request_id: '' });
  }
  const gone = await app.as('patient');
  await admin.request('DELETE', `/api/patients/${gone.patientId}/`);
  expect((await admin.request('GET', `/api/patients/${gone.patientId}/history/`)).status).toBe(404);
});
