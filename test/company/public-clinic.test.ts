import { afterAll, beforeAll, expect, test } from 'bun:test';
import { localDay } from '../../src/time.ts';
import { type Client, startTestApp, type TestApp } from '../harness.ts';

let app: TestApp;
let admin: Client;

beforeAll(async () => {
  app = await startTestApp();
  admin = await app.as('administrator');
});
afterAll(() => app.close());

const made = async (path: string, body: object): Promise<number> => {
  const { status, json } = await admin.request('POST', path, { body });
  expect([path, status]).toEqual([path, 201]);
  return json.id;
};

const block = (weekday: number, start_time: string, end_time: string) => ({ weekday, start_time, end_time });

const person = (n: number, fields: object) => ({
  document_number: `7000000${n}`,
  license_number: `LIC-${n}`,
  first_name: 'Lucía',
  paternal_last_name: 'Zapata',
  phone: '+51 977 666 555',
  email: `privado${n}@example.com`,
  ...fields,
});

test('the public page tells what a visitor needs, and of people only names and specialties', async () => {
  const [reflexology, massage] = [
    await made('/api/specialties/', { name: 'Reflexología', description: 'Pies y manos' }),
    await made('/api/specialties/', { name: 'Masaje', is_active: false }),
  ];
  const lucia = await made('/api/therapists/', person(1, { specialty_ids: [reflexology, massage] }));
  const abel = await made('/api/therapists/', person(2, { first_name: 'Abel', paternal_last_name: 'Arce' }));
  const away = await made('/api/therapists/', person(3, { first_name: 'Ausente', is_active: false }));
  const gone = await made('/api/therapists/', person(4, { first_name: 'Borrada' }));
  const schedules: [number, object[]][] = [
    [lucia, [block(1, '09:00', '13:00'), block(3, '15:00', '24:00')]],
    [abel, [block(1, '12:00', '17:00'), block(1, '18:00', '19:00')]],
    [away, [block(7, '00:00', '24:00')]],
    [gone, [block(6, '00:00', '24:00')]],
  ];
  for (const [id, body] of schedules) {
    expect((await admin.request('PUT', `/api/therapists/${id}/schedule/`, { body })).status).toBe(200);
  }
  await admin.request('DELETE', `/api/therapists/${gone}/`);
  const today = localDay(Temporal.Now.instant(), 'America/Lima');
  const day = (days: number) => Temporal.PlainDate.from(today).add({ days }).toString();
  for (const [days, name] of [
    [-1, 'Ayer'],
    [10, 'Aniversario'],
    [500, 'Lejos'],
  ] as const) {
    await made('/api/holidays/', { date: day(days), name });
  }
  await made('/api/predetermined-prices/', { name: 'Primera consulta', price: '80' });

  const { status, json, text, headers } = await app.request('GET', '/api/public/clinic/');
  expect(status).toBe(200);
  expect(json).toEqual({
    name: app.config.clinicName,
    address: null,
    phone: null,
    email: null,
    website: null,
    timezone: 'America/Lima',
    currency: 'PEN',
    logo_url: null,
    specialties: [{ id: reflexology, name: 'Reflexología', description: 'Pies y manos' }],
    therapists: [
      { full_name: 'Abel Arce', specialties: [] },
      { full_name: 'Lucía Zapata', specialties: ['Reflexología'] },
    ],
    opening_hours: [block(1, '09:00', '17:00'), block(1, '18:00', '19:00'), block(3, '15:00', '24:00')],
    holidays: [{ date: day(10), name: 'Aniversario' }],
    prices: [{ name: 'Primera consulta', price: '80.00' }],
  });
  for (const secret of ['privado', '977', '7000000', 'LIC-', 'Ausente', 'Borrada']) {
    expect(text).not.toContain(secret);
  }
  expect(headers.get('cache-control')).toBe('public, max-age=60');
  const known = { 'if-none-match': headers.get('etag') ?? '' };
  expect((await app.request('GET', '/api/public/clinic/', { headers: known })).status).toBe(304);

  await admin.request('PUT', '/api/company/', { body: { name: 'Nueva', phone: '+51 1 222 3333' } });
  expect((await app.request('GET', '/api/public/clinic/', { headers: known })).json).toMatchObject({
    name: 'Nueva',
    phone: '+51 1 222 3333',
  });
});
