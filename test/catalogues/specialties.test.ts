import { afterAll, beforeAll, expect, test } from 'bun:test';
import { type Client, startTestApp, type TestApp, unique } from '../harness.ts';

let app: TestApp;
let admin: Client;

beforeAll(async () => {
  app = await startTestApp();
  admin = await app.as('administrator');
});
afterAll(() => app.close());

const list = async (query: string): Promise<string[]> => {
  const { json } = await admin.request('GET', `/api/specialties/?search=impar&${query}`);
  return json.results.map((row: { name: string }) => row.name);
};

test('read by anyone signed in, written by administrators', async () => {
  const body = { name: `Reflexología ${unique()}`, description: 'Pies\ny manos' };
  const { status, json } = await admin.request('POST', '/api/specialties/', { body });
  expect(status).toBe(201);
  expect(json).toEqual({ id: json.id, ...body, requirements: null, is_active: true });
  const path = `/api/specialties/${json.id}/`;
  for (const role of ['patient', 'therapist', 'receptionist', 'supervisor'] as const) {
    const client = await app.as(role);
    expect((await client.request('GET', path)).json).toEqual(json);
    for (const [method, to] of [
      ['POST', '/api/specialties/'],
      ['PUT', path],
      ['PATCH', path],
      ['DELETE', path],
      ['POST', `${path}restore/`],
    ] as const) {
      expect([method, (await client.request(method, to, { body })).status]).toEqual([method, 403]);
    }
  }
  expect((await app.request('GET', path)).status).toBe(401);
});

test('searched without accents, ordered, filtered', async () => {
  const names = [`Ímpar B${unique()}`, `Ímpar A${unique()}`];
  for (const name of names)
    await admin.request('POST', '/api/specialties/', { body: { name, is_active: false } });
  expect(await list('')).toEqual(names.toReversed());
  expect(await list('ordering=-name&is_active=false')).toEqual(names);
  expect(await list('is_active=true')).toEqual([]);
});

test('a name is taken once, also by a deleted one', async () => {
  const body = { name: `Masaje ${unique()}` };
  const { json } = await admin.request('POST', '/api/specialties/', { body });
  const again = await admin.request('POST', '/api/specialties/', { body: { name: body.name.toUpperCase() } });
  expect([again.status, Object.keys(again.json.details)]).toEqual([409, ['name']]);
  await admin.request('DELETE', `/api/specialties/${json.id}/`);
  const deleted = await admin.request('POST', '/api/specialties/', {
    body,
    headers: { 'accept-language': 'en' },
  });
  expect([deleted.status, deleted.json.details.name[0]]).toEqual([409, expect.stringMatching(/deleted/)]);
});

test.each([
  [{}],
  [{ name: '' }],
  [{ name: 'x'.repeat(101) }],
  [{ name: 'a', is_active: 'yes' }],
  [[]],
  ['null'],
])('refuses %p', async (body) => {
  const { status, json } = await admin.request('POST', '/api/specialties/', { body });
  expect([status, json.code]).toEqual([400, 'VALIDATION_ERROR']);
});
