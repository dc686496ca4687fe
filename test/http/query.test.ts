import { afterAll, beforeAll, expect, test } from 'bun:test';
import { type Client, startTestApp, type TestApp } from '../harness.ts';

let app: TestApp;
let desk: Client;

beforeAll(async () => {
  app = await startTestApp();
  desk = await app.as('receptionist');
});
afterAll(() => app.close());

test.each([['search=a,b'], ['search=Quispe%2C%20Rosa'], ['search=[1,2]'], ['search={"a":1}'], ['search=[x']])(
  'a query is text, whatever its signs: %s',
  async (query) => {
    expect((await desk.request('GET', `/api/therapists/?${query}`)).status).toBe(200);
  },
);

test.each(['search=a&search=b', 'search=a,b&search=c'])(
  'a name that comes twice is refused: %s',
  async (query) => {
    const { status, json } = await desk.request('GET', `/api/therapists/?${query}`);
    expect([status, Object.keys(json.details)]).toEqual([400, ['search']]);
  },
);

test('a list of numbers is still no number', async () => {
  const { status, json } = await desk.request('GET', '/api/therapists/?page=1,2');
  expect([status, Object.keys(json.details)]).toEqual([400, ['page']]);
});

test.each([
  ['reports/statistics/appointments/?start=2026-02-01&end=2026-01-01', 'end'],
  ['reports/statistics/revenue/?start=2026-02-01&end=2026-01-01&group_by=week', 'end'],
  ['reports/appointments-between-dates/?start_date=2026-02-01&end_date=2026-01-01', 'end_date'],
  ['reports/appointments-per-therapist/?date_from=2026-02-01&date_to=2026-01-01', 'date_to'],
  ['reports/appointments-per-therapist/', 'date'],
  ['appointments/available/?date_from=2026-02-01&date_to=2026-01-01', 'date_to'],
  ['rooms/?available_from=2026-02-01T10:00&available_to=2026-01-01T10:00', 'available_to'],
  ['rooms/?available_from=2026-02-01T10:00', 'available_to'],
])("what is wrong with a period is told in words, not by parameters' names: %s", async (path, field) => {
  const admin = await app.as('administrator');
  const { status, json } = await admin.request('GET', `/api/${path}`);
  expect([status, Object.keys(json.details)]).toEqual([400, [field]]);
  expect(json.details[field].join()).toMatch(/^(?:Es anterior|Debe ser posterior|Indique) /);
  expect(json.details[field].join()).not.toMatch(/\b(?:date|start|end|available|from|to)\b|_/);
});
