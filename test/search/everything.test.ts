import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { appointments } from '../../src/modules/appointments/tables.ts';
import { type Client, startTestApp, type TestApp } from '../harness.ts';

let app: TestApp;
let desk: Client;
let therapist: Client;
let treated: Client;
let foreign: number;

beforeAll(async () => {
  app = await startTestApp();
  desk = await app.as('receptionist');
  therapist = await app.as('therapist');
  treated = await app.as('patient');
  const change = async (id: number, body: Record<string, unknown>) =>
    expect((await desk.request('PATCH', `/api/patients/${id}/`, { body })).status).toBe(200);
  await change(treated.patientId, { first_name: 'Lúa', paternal_last_name: 'Tratada', phone: '987000111' });
  foreign = await app.patient({
    firstName: 'Luana',
    paternalLastName: 'Ajena',
    documentNumber: '79998887',
    phone: '+51 911 000 222',
  });
  const dateTime = Temporal.Instant.from('2026-11-20T15:00:00Z');
  await app.services.db.insert(appointments).values({
    therapistId: therapist.therapistId,
    patientId: treated.patientId,
    dateTime,
    endsAt: dateTime.add({ hours: 1 }),
    duration: 60,
    price: '50.00',
  });
  await app.therapist({ firstName: 'Lua', paternalLastName: 'Terapeuta' });
});
afterAll(() => app.close());

const search = (who: Client, query: string) => who.request('GET', `/api/search/?${query}`);
const kinds = (json: { results: { type: string; id: number }[] }) =>
  json.results.map(({ type, id }) => [type, id]);

describe('the one box', () => {
  test('finds all types, whole words before beginnings', async () => {
    const { status, json } = await search(desk, 'q=lua');
    expect(status).toBe(200);
    expect(json.results.map(({ type }: { type: string }) => type)).toEqual([
      'patients',
      'therapists',
      'appointments',
      'patients',
    ]);
    expect(json.results[0]).toMatchObject({
      id: treated.patientId,
      subtitle: expect.stringContaining('987000111'),
      url: `/api/patients/${treated.patientId}/`,
    });
    expect(json.results[2].title).toContain('2026-11-20 10:00');
    expect(json.results.at(-1).id).toBe(foreign);
    for (const { url } of json.results) expect((await desk.request('GET', url)).status).toBe(200);
  });

  test('finds by document and by telephone as written', async () => {
    expect(kinds((await search(desk, 'q=79998887')).json)).toEqual([['patients', foreign]]);
    expect(kinds((await search(desk, 'q=911%20000%20222')).json)).toEqual([['patients', foreign]]);
  });

  test('keeps to the types that are asked for', async () => {
    expect(kinds((await search(desk, 'q=lua&types=therapists,patients')).json).map(([type]) => type)).toEqual(
      ['patients', 'therapists', 'patients'],
    );
    const { status, json } = await search(desk, 'q=lua&types=users');
    expect([status, Object.keys(json.details)]).toEqual([400, ['types.0']]);
  });

  test('shows a therapist the own patients only', async () => {
    const { json, text } = await search(therapist, 'q=lua');
    expect(kinds(json)).toContainEqual(['patients', treated.patientId]);
    expect(text).not.toContain('Ajena');
    expect((await search(therapist, 'q=79998887')).json.results).toEqual([]);
    expect(
      (await search(await app.as('therapist'), 'q=lua&types=patients,appointments')).json.results,
    ).toEqual([]);
  });

  test('shows patients themselves, and therapists by name', async () => {
    const { json, text } = await search(treated, 'q=lua');
    expect(kinds(json).map(([type]) => type)).toEqual(['patients', 'therapists', 'appointments']);
    expect(text).not.toContain('Ajena');
    const { text: other } = await search(await app.as('patient'), 'q=lua');
    for (const secret of ['Tratada', 'Ajena', '987000111']) expect(other).not.toContain(secret);
  });

  test.each(['', 'q=', 'q=%20', `q=${'a'.repeat(101)}`])('refuses %p', async (query) => {
    expect((await search(desk, query)).status).toBe(400);
  });

  test.each(['%25', '_', '%5C', '%F0%9F%99%82', '-', "'"])('finds nothing for %s', async (q) => {
    const { status, json } = await search(desk, `q=${q}`);
    expect([status, json.results]).toEqual([200, []]);
  });
});
