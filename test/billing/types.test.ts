import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { ensureTypes } from '../../src/modules/billing/default-types.ts';
import { seed } from '../../src/demo/seed.ts';
import { anonymisePatient } from '../../src/modules/patients/anonymise.ts';
import { patients } from '../../src/modules/patients/tables.ts';
import { therapists } from '../../src/modules/therapists/tables.ts';
import { type Client, startTestApp, type TestApp, unique } from '../harness.ts';

let app: TestApp;
let admin: Client;

beforeAll(async () => {
  app = await startTestApp();
  await Promise.all([1, 2, 3].map(() => ensureTypes(app.ctx())));
  admin = await app.as('administrator');
});
afterAll(() => app.close());

type Entry = { name: string; code: string };

const list = async (path: string): Promise<Entry[]> => {
  const { json } = await admin.request('GET', `/api/${path}page_size=100`);
  return json.results;
};
const names = async (path: string) => (await list(path)).map(({ name }) => name);

test('three instances at once leave one whole catalogue of each', async () => {
  expect(await names('document-types/?')).toEqual(['DNI', 'CE', 'Pasaporte', 'PTP', 'RUC', 'Otro']);
  expect((await list('payment-types/?')).map(({ name, code }) => [name, code])).toEqual([
    ['Efectivo', 'efectivo'],
    ['Tarjeta', 'tarjeta'],
    ['Transferencia', 'transferencia'],
    ['Yape', 'yape'],
    ['Plin', 'plin'],
    ['Otro', 'otro'],
  ]);
});

test('invented and anonymised people have a document of the catalogue', async () => {
  const { db } = app.services;
  await seed(app.ctx(), 1, () => undefined);
  await anonymisePatient(app.ctx(), await app.patient(), { confirm: 'ANONIMIZAR', reason: 'Lo ha pedido' });
  const used = (table: typeof patients | typeof therapists) =>
    db.selectDistinct({ type: table.documentType }).from(table);
  const types = [...(await used(patients)), ...(await used(therapists))].map(({ type }) => type);
  expect(types).toContain('Otro');
  expect((await names('document-types/?')).filter((name) => types.includes(name)).toSorted()).toEqual(
    [...new Set(types)].toSorted(),
  );
});

describe.each([
  ['document-types', { description: null, is_active: true }],
  ['payment-types', { code: 'otro', description: null, is_active: true }],
])('/api/%s/', (resource, defaults) => {
  const path = `/api/${resource}/`;

  test('is read by anyone signed in, written by administrators', async () => {
    const name = `Tipo ${unique()}`;
    const made = await admin.request('POST', path, { body: { name } });
    expect([made.status, made.json]).toEqual([201, { id: made.json.id, name, ...defaults }]);
    const one = `${path}${made.json.id}/`;
    for (const role of ['patient', 'therapist', 'receptionist', 'supervisor'] as const) {
      const client = await app.as(role);
      expect((await client.request('GET', one)).json).toEqual(made.json);
      for (const [method, to] of [
        ['POST', path],
        ['PUT', one],
        ['PATCH', one],
        ['DELETE', one],
        ['POST', `${one}restore/`],
      ] as const)
        expect([method, (await client.request(method, to, { body: { name } })).status]).toEqual([
          method,
          403,
        ]);
    }
    expect((await app.request('GET', path)).status).toBe(401);
  });

  test('is changed, deleted and restored; a name is taken once', async () => {
    const name = `Tipo ${unique()}`;
    const { json } = await admin.request('POST', path, { body: { name, description: 'Algo' } });
    const one = `${path}${json.id}/`;
    const off = await admin.request('PATCH', one, { body: { is_active: false } });
    expect(off.json).toEqual({ ...json, is_active: false });
    expect(await names(`${resource}/?is_active=true&`)).not.toContain(name);
    expect(await names(`${resource}/?is_active=false&search=${name.toUpperCase()}&`)).toEqual([name]);
    expect((await admin.request('PUT', one, { body: { name } })).json).toEqual({
      ...json,
      description: null,
    });
    expect((await admin.request('POST', path, { body: { name } })).status).toBe(409);
    expect((await admin.request('DELETE', one)).status).toBe(200);
    expect((await admin.request('GET', one)).status).toBe(404);
    expect(await names(`${resource}/?deleted=true&`)).toContain(name);
    expect((await admin.request('POST', `${one}restore/`)).json.name).toBe(name);
  });

  test.each([[{}], [{ name: '' }], [{ name: 'x'.repeat(61) }], [{ name: 'a', is_active: 1 }], [[]]])(
    'refuses %p',
    async (body) => {
      const { status, json } = await admin.request('POST', path, { body });
      expect([status, json.code]).toEqual([400, 'VALIDATION_ERROR']);
    },
  );
});

test('a payment type is recorded as one of the payment methods', async () => {
  const name = `Tarjeta de regalo ${unique()}`;
  const made = await admin.request('POST', '/api/payment-types/', { body: { name, code: 'tarjeta' } });
  expect(made.json.code).toBe('tarjeta');
  expect(await names('payment-types/?code=tarjeta&')).toEqual(['Tarjeta', name]);
  const wrong = await admin.request('POST', '/api/payment-types/', { body: { name: 'x', code: 'bitcoin' } });
  expect([wrong.status, Object.keys(wrong.json.details)]).toEqual([400, ['code']]);
});

test('what the clinic has changed stays', async () => {
  const [dni] = (await admin.request('GET', '/api/document-types/?search=DNI')).json.results;
  await admin.request('PATCH', `/api/document-types/${dni.id}/`, { body: { name: 'DNI electrónico' } });
  await ensureTypes(app.ctx());
  expect(await names('document-types/?search=dni&')).toEqual(['DNI electrónico']);
});
