import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { type Client, startTestApp, type TestApp } from '../harness.ts';

let app: TestApp;
let admin: Client;
let therapist: Client;
let path: string;

beforeAll(async () => {
  app = await startTestApp();
  admin = await app.as('administrator');
  therapist = await app.as('therapist');
  path = `/api/therapists/${therapist.therapistId}`;
});
afterAll(() => app.close());

const block = (weekday: number, start_time: string, end_time: string) => ({ weekday, start_time, end_time });

describe('the working week', () => {
  test('is replaced as a whole, and read in order by anyone signed in', async () => {
    const body = [
      block(3, '15:00', '24:00'),
      block(1, '14:00', '18:00'),
      block(1, '09:00', '13:00'),
      block(2, '22:30', '00:00'),
    ];
    const put = await therapist.request('PUT', `${path}/schedule/`, { body });
    expect(put.status).toBe(200);
    expect(put.json).toEqual([
      block(1, '09:00', '13:00'),
      block(1, '14:00', '18:00'),
      block(2, '22:30', '24:00'),
      block(3, '15:00', '24:00'),
    ]);
    const read = await (await app.as('patient')).request('GET', `${path}/schedule/`);
    expect(read.json).toEqual(put.json);
    expect(read.headers.get('etag')).toBe(put.headers.get('etag'));
  });

  test('can be empty, and blocks may touch', async () => {
    const touching = [block(1, '09:00', '13:00'), block(1, '13:00', '17:00')];
    expect((await therapist.request('PUT', `${path}/schedule/`, { body: touching })).json).toEqual(touching);
    expect((await therapist.request('PUT', `${path}/schedule/`, { body: [] })).json).toEqual([]);
  });

  test('makes the free slots', async () => {
    const day = Temporal.Now.plainDateISO('America/Lima').add({ days: 7 });
    await therapist.request('PUT', `${path}/schedule/`, { body: [block(day.dayOfWeek, '22:00', '00:00')] });
    const date = day.toString();
    const query = `date_from=${date}&date_to=${date}&therapist_id=${therapist.therapistId}`;
    const { json } = await therapist.request('GET', `/api/appointments/available/?${query}`);
    expect(json.slots.map((slot: { date_time: string }) => slot.date_time.slice(11, 16))).toEqual([
      '22:00',
      '22:30',
      '23:00',
    ]);
  });

  test.each([
    ['overlap', [block(1, '09:00', '13:00'), block(1, '12:59', '15:00')], '1.start_time'],
    ['end before the start', [block(1, '13:00', '09:00')], '0.end_time'],
    ['no length', [block(1, '09:00', '09:00')], '0.end_time'],
    ['weekday 0', [block(0, '09:00', '13:00')], '0.weekday'],
    ['weekday 8', [block(8, '09:00', '13:00')], '0.weekday'],
    ['start at 24:00', [block(1, '24:00', '24:00')], '0.start_time'],
    ['25:00', [block(1, '09:00', '25:00')], '0.end_time'],
    ['9:00', [block(1, '9:00', '13:00')], '0.start_time'],
    ['more than 50', Array.from({ length: 51 }, (_, i) => block((i % 7) + 1, '09:00', '13:00')), 'body'],
    ['no list', { weekday: 1 }, 'body'],
  ])('refuses: %s', async (_, body, field) => {
    await therapist.request('PUT', `${path}/schedule/`, { body: [block(5, '09:00', '13:00')] });
    const { status, json } = await therapist.request('PUT', `${path}/schedule/`, { body });
    expect([status, json.code]).toEqual([400, 'VALIDATION_ERROR']);
    expect(Object.keys(json.details)).toEqual([field]);
    expect((await therapist.request('GET', `${path}/schedule/`)).json).toEqual([block(5, '09:00', '13:00')]);
  });

  test('If-Match with an old ETag changes nothing', async () => {
    const headers = {
      'if-match': (await admin.request('GET', `${path}/schedule/`)).headers.get('etag') ?? '',
    };
    const body = [block(6, '08:00', '12:00')];
    expect((await therapist.request('PUT', `${path}/schedule/`, { body })).status).toBe(200);
    expect((await admin.request('PUT', `${path}/schedule/`, { body: [], headers })).status).toBe(412);
    expect((await admin.request('GET', `${path}/schedule/`)).json).toEqual(body);
  });

  test('is written by its therapist, administrators and supervisors only', async () => {
    const body = [block(1, '09:00', '13:00')];
    for (const [role, status] of [
      ['administrator', 200],
      ['supervisor', 200],
      ['therapist', 403],
      ['receptionist', 403],
      ['patient', 403],
    ] as const) {
      expect([
        role,
        (await (await app.as(role)).request('PUT', `${path}/schedule/`, { body })).status,
      ]).toEqual([role, status]);
    }
    expect((await admin.request('PUT', '/api/therapists/999999/schedule/', { body })).status).toBe(404);
  });
});

describe('time off', () => {
  const away = {
    starts_at: '2027-03-01T08:00:00',
    ends_at: '2027-03-03T20:00:00',
    reason: 'Licencia médica',
  };

  test('is noted in the time of the clinic, listed by days, and taken back', async () => {
    const { status, json } = await therapist.request('POST', `${path}/time-off/`, { body: away });
    expect(status).toBe(201);
    expect(json).toEqual({
      id: json.id,
      starts_at: '2027-03-01T08:00:00-05:00',
      ends_at: '2027-03-03T20:00:00-05:00',
      reason: 'Licencia médica',
    });
    const count = async (query: string) =>
      (await therapist.request('GET', `${path}/time-off/?${query}`)).json.count;
    expect(await count('date_from=2027-03-03&date_to=2027-03-03')).toBe(1);
    expect(await count('date_from=2027-03-04')).toBe(0);
    expect((await therapist.request('DELETE', `${path}/time-off/${json.id}/`)).status).toBe(200);
    expect((await therapist.request('DELETE', `${path}/time-off/${json.id}/`)).status).toBe(404);
    expect(await count('')).toBe(0);
  });

  test('keeps its reason from patients and other therapists', async () => {
    const { json } = await admin.request('POST', `${path}/time-off/`, { body: away });
    for (const role of ['patient', 'therapist'] as const) {
      const seen = await (await app.as(role)).request('GET', `${path}/time-off/`);
      expect(seen.json.results).toMatchObject([{ id: json.id, reason: null }]);
      expect(seen.text).not.toContain('médica');
    }
    for (const role of ['receptionist', 'supervisor'] as const) {
      const seen = await (await app.as(role)).request('GET', `${path}/time-off/`);
      expect(seen.json.results).toMatchObject([{ reason: 'Licencia médica' }]);
    }
    await admin.request('DELETE', `${path}/time-off/${json.id}/`);
  });

  test('of one therapist is not reached through another', async () => {
    const other = await app.as('therapist');
    const { json } = await therapist.request('POST', `${path}/time-off/`, { body: away });
    expect((await other.request('POST', `${path}/time-off/`, { body: away })).status).toBe(403);
    expect((await other.request('DELETE', `${path}/time-off/${json.id}/`)).status).toBe(403);
    const own = `/api/therapists/${other.therapistId}/time-off/${json.id}/`;
    expect((await other.request('DELETE', own)).status).toBe(404);
    expect((await therapist.request('GET', `${path}/time-off/`)).json.count).toBe(1);
  });

  test('refuses an end that is not after the start, and nonsense', async () => {
    for (const [body, field] of [
      [{ ...away, ends_at: away.starts_at }, 'ends_at'],
      [{ ...away, starts_at: 'tomorrow' }, 'starts_at'],
      [{ starts_at: away.starts_at }, 'ends_at'],
    ] as const) {
      const { status, json } = await therapist.request('POST', `${path}/time-off/`, { body });
      expect([status, Object.keys(json.details)]).toEqual([400, [field]]);
    }
    expect((await admin.request('POST', '/api/therapists/999999/time-off/', { body: away })).status).toBe(
      404,
    );
  });
});
