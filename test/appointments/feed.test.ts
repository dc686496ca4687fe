import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { eq } from 'drizzle-orm';
import { auditLog } from '../../src/db/audit.ts';
import { iCalendar } from '../../src/modules/appointments/calendar.ts';
import { longICalendar } from '../../src/modules/appointments/long-calendar.ts';
import { calendarFeeds } from '../../src/modules/appointments/tables.ts';
import { patients } from '../../src/modules/patients/tables.ts';
import { users } from '../../src/modules/users/tables.ts';
import { type Client, startTestApp, type TestApp, unique } from '../harness.ts';
import { at, existing } from './clinic.ts';

let app: TestApp;
let me: Client;
let therapist: Client;

beforeAll(async () => {
  app = await startTestApp({ PUBLIC_URL: 'https://clinic.example', CLINIC_NAME: 'Centro' });
  [me, therapist] = [await app.as('patient'), await app.as('therapist')];
  await app.services.db
    .update(patients)
    .set({ firstName: 'Óscar', paternalLastName: 'Ñaupari', maternalLastName: 'Secretos' })
    .where(eq(patients.id, me.patientId));
});
afterAll(() => app.close());

const PATH = '/api/calendar/feed/';

/** Makes the address and returns its path. */
async function subscribe(client: Client): Promise<string> {
  const { status, json } = await client.request('POST', PATH);
  expect([status, Object.keys(json)]).toEqual([201, ['url']]);
  expect(json.url).toMatch(/^https:\/\/clinic\.example\/api\/calendar\/[0-9a-f]{64}\.ics$/);
  return new URL(json.url).pathname;
}

type Event = Record<string, string>;

/** Reads a feed as RFC 5545 has it: CRLF, folded lines of at most 75 octets, balanced components; the events by UID. */
async function read(path: string): Promise<Map<string, Event>> {
  const { status, headers, text } = await app.request('GET', path);
  expect([status, headers.get('content-type')]).toEqual([200, 'text/calendar; charset=utf-8']);
  expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
  for (const line of text.split('\r\n')) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
  const events = new Map<string, Event>();
  const open: string[] = [];
  let event: Event = {};
  for (const line of text.replaceAll('\r\n ', '').split('\r\n').filter(Boolean)) {
    const [, name = '', value = ''] = /^([A-Z-]+)(?:;[^:]+)?:(.*)$/.exec(line) ?? [];
    expect(name).not.toBe('');
    if (name === 'BEGIN') {
      open.push(value);
      event = {};
    } else if (name === 'END') {
      expect(open.pop()).toBe(value);
      if (value === 'VEVENT') events.set(event['UID'] ?? '', event);
    } else {
      expect(event[name]).toBeUndefined();
      event[name] = value;
    }
  }
  expect(open).toEqual([]);
  return events;
}

const uid = (id: number) => `appointment-${id}@clinic.example`;

const appointment = (fields: Partial<Parameters<typeof existing>[1]> = {}) =>
  existing(app, {
    patientId: me.patientId,
    therapistId: therapist.therapistId,
    starts: at(3, '10:00'),
    appointmentType: 'Masoterapia',
    reason: 'Un motivo privado',
    notes: 'Notas privadas',
    room: 'Sala 2',
    ...fields,
  });

const someEvent = (id: number) => ({
  id,
  sequence: id % 3,
  dateTime: Temporal.Instant.fromEpochMilliseconds(id * 3_600_000),
  endsAt: Temporal.Instant.fromEpochMilliseconds((id + 1) * 3_600_000),
  updatedAt: Temporal.Instant.fromEpochMilliseconds(id),
  status: 'confirmed' as const,
  room: null,
  summary: `Cita ${id} · ${'Ñandú '.repeat(12)}`,
  description: null,
});

describe('the feed', () => {
  test('of a patient has the own appointments, of a therapist the agenda, and nobody else’s', async () => {
    const ours = await appointment();
    const other = await appointment({ patientId: await app.patient() });
    const foreign = await appointment({ patientId: await app.patient(), therapistId: await app.therapist() });
    const [mine, agenda] = [await read(await subscribe(me)), await read(await subscribe(therapist))];
    expect([...mine.keys()]).toEqual([uid(ours)]);
    expect([...agenda.keys()]).toEqual([uid(ours), uid(other)]);
    expect([...mine.keys(), ...agenda.keys()]).not.toContain(uid(foreign));
    expect(mine.get(uid(ours))).toMatchObject({
      SUMMARY: 'Masoterapia · Julio Ramos Flores',
      LOCATION: 'Centro\\, Sala 2',
      STATUS: 'TENTATIVE',
      SEQUENCE: '0',
      DTSTART: expect.stringMatching(/^\d{8}T150000Z$/),
      DTEND: expect.stringMatching(/^\d{8}T160000Z$/),
    });
    expect(agenda.get(uid(ours))?.['SUMMARY']).toBe('Masoterapia · Óscar Ñ.');
  });

  test('tells third parties no more than it must', async () => {
    await appointment();
    for (const client of [me, therapist]) {
      const { text } = await app.request('GET', await subscribe(client));
      expect(text).toContain('Masoterapia');
      for (const secret of ['motivo', 'Notas', 'Secretos', 'Ñaupari', '+51', '@example.com'])
        expect(text).not.toContain(secret);
    }
  });

  test('spans thirty days back to 180 ahead', async () => {
    const patient = await app.as('patient');
    const ids = [];
    for (const days of [-31, -30, -1, 0, 180, 181])
      ids.push(await appointment({ patientId: patient.patientId, starts: at(days, '12:00') }));
    const events = await read(await subscribe(patient));
    expect([...events.keys()]).toEqual(ids.slice(1, 5).map(uid));
  });

  test('follows changes: same UID, higher SEQUENCE, cancellations too', async () => {
    const patient = await app.as('patient');
    const desk = await app.as('receptionist');
    const { json } = await desk.request('POST', '/api/appointments/', {
      body: {
        patient_id: patient.patientId,
        therapist_id: therapist.therapistId,
        date_time: at(40, '10:00'),
      },
    });
    const path = await subscribe(patient);
    const told = async () => {
      const event = (await read(path)).get(uid(json.id)) ?? {};
      return [event['SEQUENCE'], event['STATUS'], event['DTSTART']?.slice(9)];
    };
    const one = `/api/appointments/${json.id}/`;
    expect(await told()).toEqual(['0', 'TENTATIVE', '150000Z']);
    await desk.request('PATCH', `${one}status/`, { body: { status: 'confirmed' } });
    expect(await told()).toEqual(['1', 'CONFIRMED', '150000Z']);
    await desk.request('PUT', one, { body: { date_time: at(40, '11:00') } });
    expect(await told()).toEqual(['2', 'CONFIRMED', '160000Z']);
    await desk.request('DELETE', one);
    expect(await told()).toEqual(['3', 'CANCELLED', '160000Z']);
  });

  test('follows the new name of a room', async () => {
    const patient = await app.as('patient');
    const admin = await app.as('administrator');
    const name = `Sala ${unique()}`;
    const { json: room } = await admin.request('POST', '/api/rooms/', { body: { name } });
    const id = await appointment({ patientId: patient.patientId, room: name });
    const path = await subscribe(patient);
    const told = async () => {
      const event = (await read(path)).get(uid(id)) ?? {};
      return [Number(event['SEQUENCE']), event['LOCATION']];
    };
    const [sequence] = await told();
    expect(await told()).toEqual([sequence, `Centro\\, ${name}`]);
    await admin.request('PATCH', `/api/rooms/${room.id}/`, { body: { name: `${name} azul` } });
    expect(await told()).toEqual([Number(sequence) + 1, `Centro\\, ${name} azul`]);
  });

  test('is not sent again while nothing has changed', async () => {
    const patient = await app.as('patient');
    const id = await appointment({ patientId: patient.patientId });
    const path = await subscribe(patient);
    const first = await app.request('GET', path);
    expect(Date.parse(first.headers.get('last-modified') ?? '')).toBeWithin(
      Date.now() - 60_000,
      Date.now() + 1,
    );
    expect(first.headers.get('cache-control')).toBe('private, no-cache');
    const headers = { 'if-none-match': first.headers.get('etag') ?? '' };
    const again = await app.request('GET', path, { headers });
    expect([again.status, again.text]).toEqual([304, '']);
    await patient.request('DELETE', `/api/appointments/${id}/`);
    expect((await app.request('GET', path, { headers })).status).toBe(200);
  });

  test('is whole and the same as one written at a stroke when it is long', async () => {
    for (const count of [0, 1, 25, 26, 120]) {
      const events = Array.from({ length: count }, (_, id) => someEvent(id));
      const long = await longICalendar(app.ctx(), 'Centro', events, 3_600);
      expect(long.trimEnd()).toBe(iCalendar(app.ctx(), 'Centro', events, { ttlSeconds: 3_600 }).trimEnd());
      expect(long).toEndWith('END:VCALENDAR\r\n');
    }
  });

  test('of an account without a record is an empty calendar', async () => {
    expect([...(await read(await subscribe(await app.as('administrator')))).keys()]).toEqual([]);
  });
});

describe('the address', () => {
  test('is dead once it is rotated or switched off', async () => {
    const client = await app.as('patient');
    const old = await subscribe(client);
    const current = await subscribe(client);
    expect((await app.request('GET', old)).status).toBe(404);
    expect((await app.request('GET', current)).status).toBe(200);
    for (const _ of [1, 2]) expect((await client.request('DELETE', PATH)).status).toBe(200);
    const { status, json, headers } = await app.request('GET', current);
    expect([status, json.code]).toEqual([404, 'NOT_FOUND']);
    expect(headers.get('content-type')).toStartWith('application/json');
  });

  test('is dead while the account is switched off or deleted', async () => {
    const client = await app.as('therapist');
    const path = await subscribe(client);
    const set = (fields: object) =>
      app.services.db.update(users).set(fields).where(eq(users.id, client.userId));
    for (const [fields, status] of [
      [{ isActive: false }, 404],
      [{ isActive: true }, 200],
      [{ deletedAt: Temporal.Now.instant() }, 404],
    ] as const) {
      await set(fields);
      expect((await app.request('GET', path)).status).toBe(status);
    }
  });

  test('is a secret: the database and the audit log do not have it', async () => {
    const client = await app.as('patient');
    const path = await subscribe(client);
    const token = path.slice(-68, -4);
    const [feed] = await app.services.db
      .select()
      .from(calendarFeeds)
      .where(eq(calendarFeeds.userId, client.userId));
    expect(feed?.tokenHash).toMatch(/^[0-9a-f]{64}$/);
    const trail = await app.services.db
      .select()
      .from(auditLog)
      .where(eq(auditLog.entityId, String(client.userId)));
    expect(trail.map(({ entity, action }) => [entity, action])).toContainEqual(['calendar_feed', 'create']);
    expect(JSON.stringify([feed, trail])).not.toContain(token);
  });

  test.each(['', 'x.ics', `${'0'.repeat(64)}.ics`, '0'.repeat(64), `${'A'.repeat(64)}.ics`, '%00.ics'])(
    'that nobody made, such as "%s", is not found',
    async (name) => {
      expect((await app.request('GET', `/api/calendar/${name}`)).status).toBe(404);
    },
  );

  test('is not guessed: wrong ones are limited, right ones are answered all the same', async () => {
    const path = await subscribe(await app.as('patient'));
    const wrong = `/api/calendar/${'f'.repeat(64)}.ics`;
    let answer = await app.request('GET', wrong);
    for (let i = 0; i < 100 && answer.status === 404; i++) answer = await app.request('GET', wrong);
    expect(answer.status).toBe(429);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await app.request('GET', path)).status).toBe(200);
  });

  test('is not read without end', async () => {
    const path = await subscribe(await app.as('patient'));
    const first = await app.request('GET', path);
    const limit = Number(first.headers.get('ratelimit-limit'));
    expect([limit, first.headers.get('ratelimit-remaining')]).toEqual([120, '119']);
    for (let i = 1; i < limit; i++) expect((await app.request('GET', path)).status).toBe(200);
    expect((await app.request('GET', path)).status).toBe(429);
  });
});
