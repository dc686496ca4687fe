import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { type Client, startTestApp, type TestApp, unique } from '../harness.ts';
import { at, book, existing, freeTime, rulesOf } from './clinic.ts';

let app: TestApp;
let admin: Client;
let desk: Client;

beforeAll(async () => {
  app = await startTestApp();
  [admin, desk] = [await app.as('administrator'), await app.as('receptionist')];
});
afterAll(() => app.close());

const PATH = '/api/rooms/';
type Room = { id: number; name: string; description: string | null; is_active: boolean };

const add = async (fields: object = {}): Promise<Room> => {
  const { status, json } = await admin.request('POST', PATH, {
    body: { name: `Consultorio ${unique()}`, ...fields },
  });
  expect(status).toBe(201);
  return json;
};
const names = async (query: string): Promise<string[]> => {
  const { status, json } = await desk.request('GET', `${PATH}?page_size=100&${query}`);
  expect(status).toBe(200);
  return json.results.map(({ name }: { name: string }) => name);
};
const bookIn = async (room: string, date_time: string) =>
  book(desk, { patient_id: await app.patient(), therapist_id: await app.therapist(), date_time, room });

const roomOf = async (appointment: number): Promise<string> =>
  (await desk.request('GET', `/api/appointments/${appointment}/`)).json.room;

test('are read by anyone signed in, written by administrators, deleted and restored', async () => {
  const room = await add({ description: 'Segundo piso' });
  expect(room).toEqual({
    id: room.id,
    name: room.name,
    description: 'Segundo piso',
    is_active: true,
  });
  const one = `${PATH}${room.id}/`;
  for (const role of ['patient', 'therapist', 'receptionist', 'supervisor'] as const) {
    const client = await app.as(role);
    expect((await client.request('GET', one)).json).toEqual(room);
    for (const [method, to] of [
      ['POST', PATH],
      ['PUT', one],
      ['PATCH', one],
      ['DELETE', one],
      ['POST', `${one}restore/`],
    ] as const)
      expect((await client.request(method, to, { body: { name: 'x' } })).status).toBe(403);
  }
  expect((await admin.request('POST', PATH, { body: { name: room.name } })).status).toBe(409);
  await admin.request('DELETE', one);
  expect(await names('')).not.toContain(room.name);
  expect((await admin.request('POST', `${one}restore/`)).json).toEqual(room);
});

test('a booking may name a room that is not listed: it is then', async () => {
  const name = `Sala nueva ${unique()}`;
  expect((await bookIn(name, freeTime())).status).toBe(201);
  expect(await names(`search=${name}`)).toEqual([name]);
});

test('a room that is not offered can still be named in a booking', async () => {
  const { name } = await add({ is_active: false });
  expect((await bookIn(name, freeTime())).status).toBe(201);
});

test('a new name goes with the open appointments, so that the room is booked once at a time', async () => {
  const { id, name } = await add();
  const starts = freeTime();
  const open = (await bookIn(name, starts)).json;
  const past = await existing(app, {
    patientId: await app.patient(),
    therapistId: await app.therapist(),
    starts: at(-3, '10:00'),
    status: 'completed',
    room: name,
  });
  const renamed = `${name} azul`;
  await admin.request('PATCH', `${PATH}${id}/`, { body: { name: renamed } });
  expect([await roomOf(open.id), await roomOf(past)]).toEqual([renamed, name]);
  expect(rulesOf(await bookIn(renamed, starts))).toEqual(['room_busy']);
});

const free = (from: string, to: string) =>
  names(`available_from=${encodeURIComponent(from)}&available_to=${encodeURIComponent(to)}`);

describe('free rooms', () => {
  test('are the active ones that nobody has at the time', async () => {
    const [taken, closed, open] = [await add(), await add({ is_active: false }), await add()];
    const put = async (time: string, fields: object) =>
      existing(app, {
        patientId: await app.patient(),
        therapistId: await app.therapist(),
        starts: at(171, time),
        room: taken.name,
        ...fields,
      });
    await put('09:00', { duration: 240 });
    await put('15:00', { status: 'cancelled' });
    const ours = async (from: string, to: string) =>
      (await free(at(171, from), at(171, to))).filter((name) =>
        [taken.name, closed.name, open.name].includes(name),
      );
    for (const [from, to] of [
      ['12:45', '14:00'],
      ['08:00', '09:15'],
      ['08:00', '18:00'],
      ['10:00', '10:15'],
    ] as const)
      expect(await ours(from, to)).toEqual([open.name]);
    for (const [from, to] of [
      ['13:00', '14:00'],
      ['08:00', '09:00'],
      ['14:30', '18:00'],
    ] as const)
      expect(await ours(from, to)).toEqual([taken.name, open.name].toSorted());
  });

  test.each([
    ['available_from=2031-01-01T10:00', 'available_to'],
    ['available_to=2031-01-01T10:00', 'available_from'],
    ['available_from=2031-01-01T10:00&available_to=2031-01-01T10:00', 'available_to'],
    ['available_from=yesterday&available_to=2031-01-01T10:00', 'available_from'],
  ])('%s is refused', async (query, field) => {
    const { status, json } = await desk.request('GET', `${PATH}?${query}`);
    expect([status, Object.keys(json.details)]).toEqual([400, [field]]);
  });
});
