import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { and, desc, eq } from 'drizzle-orm';
import { transaction } from '../../src/context.ts';
import { auditLog } from '../../src/db/audit.ts';
import { outbox } from '../../src/db/outbox.ts';
import { lockParties } from '../../src/modules/appointments/lock.ts';
import { STATUSES } from '../../src/modules/appointments/status.ts';
import { appointments } from '../../src/modules/appointments/tables.ts';
import { type Answer, type Client, startTestApp, type TestApp } from '../harness.ts';
import { at, book, closed, day, existing, freeTime, growth, rulesOf, statusesOf } from './clinic.ts';

let app: TestApp;
let desk: Client;
let therapist: Client;
let therapistId: number;
let patientId: number;

beforeAll(async () => {
  app = await startTestApp();
  desk = await app.as('receptionist');
  therapist = await app.as('therapist');
  therapistId = therapist.therapistId;
  patientId = await app.patient();
});
afterAll(() => app.close());

const put = (client: Client, id: number, body: unknown, headers: Record<string, string> = {}) =>
  client.request('PUT', `/api/appointments/${id}/`, { body, headers });
const read = async (id: number) => (await desk.request('GET', `/api/appointments/${id}/`)).json;

const booked = async (changes: Record<string, unknown> = {}): Promise<Answer['json']> =>
  (await book(desk, { patient_id: patientId, therapist_id: therapistId, date_time: freeTime(), ...changes }))
    .json;

const soon = (minutes: number) => Temporal.Now.instant().add({ minutes });

describe('a change', () => {
  test('of every field but the patient', async () => {
    const before = await booked({ reason: 'Antes', notes: 'Nota' });
    const [other, starts] = [await app.therapist(), freeTime()];
    const { status, json, headers } = await put(desk, before.id, {
      patient_id: await app.patient(),
      therapist_id: other,
      date_time: starts,
      duration: 45,
      appointment_type: 'Masaje',
      room: 'Sala 3',
      reason: null,
    });
    expect(status).toBe(200);
    expect(json).toEqual({
      ...before,
      therapist_id: other,
      therapist: { id: other, full_name: 'Julio Ramos Flores' },
      date_time: starts,
      ends_at: starts.replace(':00:00-', ':45:00-'),
      duration: 45,
      appointment_type: 'Masaje',
      room: 'Sala 3',
      reason: null,
      notes: 'Nota',
      updated_at: json.updated_at,
    });
    expect(await read(before.id)).toEqual(json);
    expect((await desk.request('GET', `/api/appointments/${before.id}/`)).headers.get('etag')).toBe(
      headers.get('etag'),
    );
  });

  test('of the time is audited with what was and what is, and told once', async () => {
    const [{ id }, starts] = [await booked(), freeTime()];
    expect(await growth(app, () => put(desk, id, { date_time: starts }))).toEqual({
      audit_log: 1,
      outbox: 1,
    });
    const [event] = await app.services.db.select().from(outbox).orderBy(desc(outbox.id)).limit(1);
    expect(event?.data).toMatchObject({ appointmentId: id, event: 'moved' });
    const [entry] = await app.services.db
      .select()
      .from(auditLog)
      .where(and(eq(auditLog.entity, 'appointment'), eq(auditLog.entityId, String(id))))
      .orderBy(desc(auditLog.id))
      .limit(1);
    expect(entry).toMatchObject({ action: 'update', actorId: desk.userId });
    expect(Temporal.Instant.from(String(entry?.after?.['dateTime'])).equals(starts)).toBe(true);
    expect(entry?.before).toHaveProperty('dateTime');
    expect(entry?.after).not.toHaveProperty('room');
  });

  test('of words alone notifies nobody, and an appointment sent back as it was read stays', async () => {
    const before = await booked({ notes: 'Antes' });
    expect(await growth(app, () => put(desk, before.id, { notes: 'Después' }))).toEqual({ audit_log: 1 });
    const { json } = await put(desk, before.id, { ...before, notes: 'Antes' });
    expect({ ...json, updated_at: '' }).toEqual({ ...before, updated_at: '' });
  });

  test('may overlap with its own old time', async () => {
    const { id } = await booked({ date_time: at(170, '10:00'), room: 'Sala 5' });
    const { status, json } = await put(desk, id, { date_time: at(170, '10:30') });
    expect([status, json.date_time]).toEqual([200, at(170, '10:30')]);
    expect((await put(desk, id, { duration: 120 })).status).toBe(200);
  });

  test('frees the old time at once', async () => {
    const { id, date_time } = await booked();
    expect((await book(desk, { patient_id: patientId, therapist_id: therapistId, date_time })).status).toBe(
      400,
    );
    await put(desk, id, { date_time: freeTime() });
    expect((await book(desk, { patient_id: patientId, therapist_id: therapistId, date_time })).status).toBe(
      201,
    );
  });

  test('of the room is judged by the room alone', async () => {
    const starts = at(60, '11:00');
    const { id } = await booked({ date_time: starts, room: 'Sala A' });
    await closed(app, { date: day(60), name: 'Feriado nuevo' });
    expect(await put(desk, id, { room: 'Sala B' })).toMatchObject({ status: 200, json: { room: 'Sala B' } });
    await existing(app, {
      therapistId: await app.therapist(),
      patientId: await app.patient(),
      starts,
      room: 'Sala C',
    });
    expect(rulesOf(await put(desk, id, { room: 'Sala C' }))).toEqual(['room_busy']);
    expect((await read(id)).room).toBe('Sala B');

    const running = await existing(app, { therapistId, patientId, starts: soon(-10), status: 'in_progress' });
    expect((await put(desk, running, { room: 'Sala D' })).status).toBe(200);
  });

  test('does not undo another that was made at the same time', async () => {
    const { id } = await booked({ room: 'Sala X' });
    const other = await app.therapist();
    const [held, ready] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const first = transaction(app.ctx(), async (tx) => {
      await lockParties(tx, { therapistId, patientId, room: 'Sala X' });
      await tx.db
        .update(appointments)
        .set({ therapistId: other, room: 'Sala Y' })
        .where(eq(appointments.id, id));
      ready.resolve();
      await held.promise;
    });
    await ready.promise;
    const second = put(desk, id, { notes: 'Solo una nota' });
    await Bun.sleep(60);
    held.resolve();
    await first;
    expect(await second).toMatchObject({
      status: 200,
      json: { therapist_id: other, room: 'Sala Y', notes: 'Solo una nota' },
    });
  });
});

describe('a change that breaks a rule', () => {
  test('leaves the appointment as it was, and tells every rule', async () => {
    const before = await booked({ room: 'Sala 8' });
    const taken = freeTime();
    await existing(app, { therapistId, patientId, starts: taken, room: 'Sala 8' });
    const inactive = await app.therapist({ isActive: false });
    const cases: [Record<string, unknown>, string[]][] = [
      [{ date_time: taken, notes: 'Nueva' }, ['therapist_busy', 'patient_busy', 'room_busy']],
      [{ date_time: at(-1, '10:00') }, ['appointment_in_past']],
      [{ date_time: at(185, '10:00') }, ['beyond_booking_horizon']],
      [{ date_time: at(40, '06:00') }, ['outside_working_hours']],
      [{ duration: 25 }, ['invalid_duration']],
      [{ therapist_id: inactive }, ['therapist_inactive']],
    ];
    for (const [body, rules] of cases) {
      let answer: Answer | undefined;
      expect(await growth(app, async () => (answer = await put(desk, before.id, body)))).toEqual({});
      expect([answer?.status, answer && rulesOf(answer)]).toEqual([400, rules]);
    }
    expect(await put(desk, before.id, { therapist_id: 999_999 })).toMatchObject({
      status: 400,
      json: { code: 'VALIDATION_ERROR', details: { therapist_id: [expect.any(String)] } },
    });
    expect(await read(before.id)).toEqual(before);
  });

  test.each(STATUSES)('%s: closed or open', async (status) => {
    const id = await existing(app, { therapistId, patientId, starts: freeTime(), status, notes: 'Antes' });
    const answer = await put(desk, id, { notes: 'Después' });
    const closed = ['completed', 'cancelled', 'no_show'].includes(status);
    expect([answer.status, rulesOf(answer)]).toEqual(closed ? [400, ['appointment_closed']] : [200, []]);
    expect((await read(id)).notes).toBe(closed ? 'Antes' : 'Después');
  });
});

describe('who may change', () => {
  test('the own patient, the assigned therapist, reception and administration; for others it is not there', async () => {
    const [me, stranger] = [await app.as('patient'), await app.as('patient')];
    const [admin, supervisor, colleague] = [
      await app.as('administrator'),
      await app.as('supervisor'),
      await app.as('therapist'),
    ];
    const { id } = await booked({ patient_id: me.patientId });
    for (const [client, status] of [
      [me, 200],
      [therapist, 200],
      [desk, 200],
      [admin, 200],
      [supervisor, 403],
      [stranger, 404],
      [colleague, 404],
    ] as const) {
      const answer = await put(client, id, { reason: `Motivo ${client.userId}` });
      expect([client.userId, answer.status]).toEqual([client.userId, status]);
      if (status === 404) expect(answer.text).not.toContain('Rosa');
    }
    expect((await read(id)).reason).toBe(`Motivo ${admin.userId}`);
    expect((await put(desk, 999_999, {})).status).toBe(404);
  });

  test('patients move theirs up to two hours before, and change words until it begins', async () => {
    const me = await app.as('patient');
    const late = await existing(app, { therapistId, patientId: me.patientId, starts: soon(119) });
    const refused = await put(me, late, { date_time: freeTime() });
    expect([refused.status, rulesOf(refused)]).toEqual([400, ['cancellation_window']]);
    expect((await put(me, late, { notes: 'Llego justo' })).status).toBe(200);
    expect((await put(desk, late, { date_time: freeTime() })).status).toBe(200);
    const early = await existing(app, { therapistId, patientId: me.patientId, starts: soon(122) });
    expect((await put(me, early, { date_time: freeTime() })).status).toBe(200);
  });
});

describe('If-Match', () => {
  test('that names another version changes nothing', async () => {
    const { id, date_time } = await booked();
    const etag = (await desk.request('GET', `/api/appointments/${id}/`)).headers.get('etag') ?? '';
    expect((await put(desk, id, { notes: 'Uno' }, { 'if-match': etag })).status).toBe(200);
    const late = await put(desk, id, { date_time: freeTime(), notes: 'Dos' }, { 'if-match': etag });
    expect([late.status, late.json.code]).toEqual([412, 'PRECONDITION_FAILED']);
    expect(await read(id)).toMatchObject({ notes: 'Uno', date_time });
    expect((await put(desk, id, { notes: 'Tres' }, { 'if-match': '*' })).status).toBe(200);
  });

  test('of two at the same time lets one through', async () => {
    const { id } = await booked();
    const etag = (await desk.request('GET', `/api/appointments/${id}/`)).headers.get('etag') ?? '';
    const answers = await Promise.all(
      ['A', 'B', 'C'].map((notes) => put(desk, id, { notes }, { 'if-match': etag })),
    );
    expect(statusesOf(answers)).toEqual([200, 412, 412]);
  });
});

test('two that move onto each other’s therapists do not lock each other out', async () => {
  const [one, two] = [await app.therapist(), await app.therapist()];
  const [a, b] = [await booked({ therapist_id: one }), await booked({ therapist_id: two })];
  const answers = await Promise.all(
    [1, 2, 3].flatMap(() => [
      put(desk, a.id, { therapist_id: two }),
      put(desk, b.id, { therapist_id: one }),
      put(desk, a.id, { therapist_id: one }),
      put(desk, b.id, { therapist_id: two }),
    ]),
  );
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
});

test('of ten that move to one time, one does, and the others stay where they were', async () => {
  const starts = freeTime();
  const made: Answer['json'][] = [];
  for (let n = 0; n < 10; n += 1) made.push(await booked({ patient_id: await app.patient() }));
  const answers = await Promise.all(made.map(({ id }) => put(desk, id, { date_time: starts })));
  expect(statusesOf(answers)).toEqual([200, ...Array<number>(9).fill(400)]);
  for (const [n, { status, json }] of answers.entries()) {
    if (status === 400) expect(json.details.rule).toBe('therapist_busy');
    expect((await read(made[n].id)).date_time).toBe(status === 200 ? starts : made[n].date_time);
  }
});

test('of a booking and a move to one time, one happens', async () => {
  for (const _ of [1, 2, 3, 4]) {
    const [{ id }, starts] = [await booked(), freeTime()];
    const answers = await Promise.all([
      put(desk, id, { date_time: starts }),
      book(desk, { patient_id: await app.patient(), therapist_id: therapistId, date_time: starts }),
    ]);
    expect(answers.filter(({ status }) => status < 300)).toHaveLength(1);
    expect(answers.flatMap(rulesOf)).toEqual(['therapist_busy']);
  }
});
