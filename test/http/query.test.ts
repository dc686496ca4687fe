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
