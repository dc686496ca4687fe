import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { holidays } from '../../src/modules/therapists/tables.ts';
import { ensureHolidays } from '../../src/modules/therapists/peru-holidays.ts';
import { type Client, startTestApp, type TestApp } from '../harness.ts';

let app: TestApp;
let admin: Client;

beforeAll(async () => {
  app = await startTestApp();
  admin = await app.as('administrator');
});
afterAll(() => app.close());

test('are Peru’s public ones of three years at the first start, and the clinic’s own from then on', async () => {
  await app.services.db.delete(holidays);
  await ensureHolidays(app.ctx());
  const year = Temporal.Now.plainDateISO('America/Lima').year;
  const of = async (query: string) =>
    (await admin.request('GET', `/api/holidays/?page_size=100&${query}`)).json;
  const { results } = await of(`year=${year + 2}`);
  expect(results).toContainEqual({
    id: expect.any(Number),
    date: `${year + 2}-07-28`,
    name: 'Día de la Independencia',
  });
  expect(results.length).toBeGreaterThanOrEqual(12);
  expect((await of(`year=${year + 3}`)).count).toBe(0);
  expect((await of(`date_from=${year}-12-01&date_to=${year}-12-31&search=navidad`)).results).toMatchObject([
    { date: `${year}-12-25` },
  ]);

  const [first] = results;
  await admin.request('DELETE', `/api/holidays/${first.id}/`);
  await ensureHolidays(app.ctx());
  expect((await admin.request('GET', `/api/holidays/${first.id}/`)).status).toBe(404);
});

describe('the clinic', () => {
  test('closes on a day, and opens again when it is deleted', async () => {
    const day = Temporal.Now.plainDateISO('America/Lima').add({ days: 10 }).toString();
    await app.services.db.delete(holidays);
    const therapist = await app.therapist();
    const slots = async () => {
      const query = `date_from=${day}&date_to=${day}&therapist_id=${therapist}`;
      return (await admin.request('GET', `/api/appointments/available/?${query}`)).json.slots.length;
    };
    expect(await slots()).toBeGreaterThan(0);
    const { status, json } = await admin.request('POST', '/api/holidays/', {
      body: { date: day, name: 'Aniversario' },
    });
    expect([status, json]).toEqual([201, { id: json.id, date: day, name: 'Aniversario' }]);
    expect(await slots()).toBe(0);
    expect((await admin.request('DELETE', `/api/holidays/${json.id}/`)).status).toBe(200);
    expect(await slots()).toBeGreaterThan(0);
    expect((await admin.request('POST', `/api/holidays/${json.id}/restore/`)).json).toEqual(json);
    expect(await slots()).toBe(0);
  });

  test('closes once on a day, on a day of the calendar', async () => {
    const body = { date: '2031-05-05', name: 'Feriado' };
    expect((await admin.request('POST', '/api/holidays/', { body })).status).toBe(201);
    const again = await admin.request('POST', '/api/holidays/', { body });
    expect([again.status, Object.keys(again.json.details)]).toEqual([409, ['date']]);
    const wrong = await admin.request('POST', '/api/holidays/', { body: { ...body, date: '2031-02-29' } });
    expect([wrong.status, Object.keys(wrong.json.details)]).toEqual([400, ['date']]);
  });

  test('is closed by administrators only', async () => {
    for (const role of ['patient', 'therapist', 'receptionist', 'supervisor'] as const) {
      const client = await app.as(role);
      const body = { date: '2031-06-06', name: 'Descanso' };
      expect((await client.request('POST', '/api/holidays/', { body })).status).toBe(403);
      expect((await client.request('GET', '/api/holidays/')).status).toBe(200);
    }
  });
});
