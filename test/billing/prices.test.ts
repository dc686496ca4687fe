import { afterAll, beforeAll, expect, test } from 'bun:test';
import { transaction } from '../../src/context.ts';
import { lockParties } from '../../src/modules/appointments/lock.ts';
import { type Client, startTestApp, type TestApp, unique } from '../harness.ts';

let app: TestApp;
let admin: Client;

beforeAll(async () => {
  app = await startTestApp();
  admin = await app.as('administrator');
});
afterAll(() => app.close());

const PATH = '/api/predetermined-prices/';

const add = async (fields: Record<string, unknown> = {}) => {
  const body = { name: `Sesión ${unique()}`, price: '50.00', ...fields };
  const { status, json } = await admin.request('POST', PATH, { body });
  expect(status).toBe(201);
  return json as { id: number; name: string; price: string; is_default: boolean };
};

const isDefault = async (id: number) => (await admin.request('GET', `${PATH}${id}/`)).json.is_default;

test('are read by anyone signed in and written by administrators', async () => {
  const price = await add({ price: '7.5' });
  expect(price).toEqual({ id: price.id, name: price.name, price: '7.50', is_default: false });
  for (const role of ['patient', 'therapist', 'receptionist', 'supervisor'] as const) {
    const client = await app.as(role);
    expect((await client.request('GET', `${PATH}${price.id}/`)).json).toEqual(price);
    expect((await client.request('PATCH', `${PATH}${price.id}/`, { body: { price: '0.00' } })).status).toBe(
      403,
    );
    expect((await client.request('POST', PATH, { body: { name: 'x', price: '1.00' } })).status).toBe(403);
  }
});

test.each(['-1.00', '1.005', '1,50', '1e3', '100000000.00', '', ' ', 50, null])(
  'refuses the price %p',
  async (price) => {
    const { status, json } = await admin.request('POST', PATH, { body: { name: `P ${unique()}`, price } });
    expect([status, Object.keys(json.details)]).toEqual([400, ['price']]);
  },
);

test('one is the default: the last that was made it', async () => {
  const first = await add({ is_default: true, price: '40.00' });
  const second = await add({ is_default: true, price: '60.00' });
  expect([await isDefault(first.id), await isDefault(second.id)]).toEqual([false, true]);
  const wanted = { therapistId: await app.therapist(), patientId: await app.patient(), room: null };
  const booking = { ...wanted, appointmentType: 'unknown type' };
  expect((await transaction(app.ctx(), (tx) => lockParties(tx, booking))).price).toBe('60.00');
  const etag = (await admin.request('GET', `${PATH}${first.id}/`)).headers.get('etag') ?? '';
  const change = await admin.request('PATCH', `${PATH}${first.id}/`, {
    body: { is_default: true },
    headers: { 'if-match': etag },
  });
  expect(change.status).toBe(200);
  expect([await isDefault(first.id), await isDefault(second.id)]).toEqual([true, false]);
});

test('one is the default when several are made it at once', async () => {
  const prices = await Promise.all(Array.from({ length: 6 }, () => add({ is_default: true })));
  const defaults = await Promise.all(prices.map(({ id }) => isDefault(id)));
  expect(defaults.filter(Boolean)).toHaveLength(1);
});

test('a restored one does not push the default aside', async () => {
  const old = await add({ is_default: true });
  await admin.request('DELETE', `${PATH}${old.id}/`);
  const current = await add({ is_default: true });
  expect((await admin.request('POST', `${PATH}${old.id}/restore/`)).json).toMatchObject({
    id: old.id,
    is_default: false,
  });
  expect([await isDefault(old.id), await isDefault(current.id)]).toEqual([false, true]);
});

test('a name is taken once', async () => {
  const { name } = await add();
  const { status, json } = await admin.request('POST', PATH, { body: { name, price: '1.00' } });
  expect([status, Object.keys(json.details)]).toEqual([409, ['name']]);
});
