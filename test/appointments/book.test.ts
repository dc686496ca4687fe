import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { and, desc, eq } from 'drizzle-orm';
import { auditLog } from '../../src/db/audit.ts';
import { outbox } from '../../src/db/outbox.ts';
import { lockParties } from '../../src/modules/appointments/lock.ts';
import { lockAndJudge } from '../../src/modules/appointments/rules.ts';
import { appointments } from '../../src/modules/appointments/tables.ts';
import { predeterminedPrices, ticketCounters, tickets } from '../../src/modules/billing/tables.ts';
import { transaction } from '../../src/context.ts';
import { type Client, startTestApp, type TestApp, unique } from '../harness.ts';
import { at, away, book, closed, day, existing, freeTime, growth, rulesOf, ZONE } from './clinic.ts';

let app: TestApp;
let desk: Client;
let therapistId: number;
let patientId: number;

beforeAll(async () => {
  app = await startTestApp();
  desk = await app.as('receptionist');
  therapistId = await app.therapist();
  patientId = await app.patient();
});
afterAll(() => app.close());

/** A booking that breaks no rule. */
const aBooking = () => ({ patient_id: patientId, therapist_id: therapistId, date_time: freeTime() });

const created = async () => (await app.services.metrics.appointmentsCreated.get()).values[0]?.value ?? 0;

describe('a booking', () => {
  test('answers with the whole appointment and its ticket', async () => {
    const starts = freeTime();
    const today = Temporal.Now.plainDateISO(ZONE).toString().replaceAll('-', '');
    const { status, json, headers } = await book(desk, {
      patient_id: patientId,
      therapist_id: therapistId,
      date_time: starts,
      appointment_type: '  Reflexología ',
      room: 'Sala 1',
      reason: 'Dolor de espalda',
      notes: 'Primera\nvisita',
    });
    expect(status).toBe(201);
    expect(json).toEqual({
      id: expect.any(Number),
      patient_id: patientId,
      therapist_id: therapistId,
      date_time: starts,
      duration: 60,
      ends_at: starts.replace(/T(\d\d)/, (_, hour) => `T${String(Number(hour) + 1).padStart(2, '0')}`),
      status: 'pending',
      status_label: expect.any(String),
      appointment_type: 'Reflexología',
      room: 'Sala 1',
      reason: 'Dolor de espalda',
      notes: 'Primera\nvisita',
      price: '0.00',
      ticket: {
        id: expect.any(Number),
        ticket_number: expect.stringMatching(new RegExp(`^TKT-${today}-\\d{6}$`)),
        status: 'pending',
        amount: '0.00',
      },
      patient: {
        id: patientId,
        full_name: 'Rosa Quispe Huamán',
        document_number: expect.stringMatching(/^4\d{7}$/),
      },
      therapist: { id: therapistId, full_name: 'Julio Ramos Flores' },
      created_by: desk.userId,
      created_at: expect.stringMatching(/^20[\dT:-]+-05:00$/),
      updated_at: json.created_at,
    });
    const read = await desk.request('GET', `/api/appointments/${json.id}/`);
    expect(read.json).toEqual(json);
    expect(headers.get('etag')).toMatch(/^".+"$/);
    expect(read.headers.get('etag')).toBe(headers.get('etag'));
  });

  test.each([
    ['without an offset, in the zone of the clinic', (d: string) => `${d}T10:00`, '10:00'],
    ['with seconds and without an offset', (d: string) => `${d}T10:00:00`, '10:00'],
    ['with a space', (d: string) => `${d} 10:00:00-05:00`, '10:00'],
    ['in UTC', (d: string) => `${d}T15:00:00Z`, '10:00'],
    ['in UTC, with milliseconds', (d: string) => `${d}T15:00:00.000Z`, '10:00'],
    ['of another zone', (d: string) => `${d}T17:00:00+02:00`, '10:00'],
    ['of another zone, offset without a colon', (d: string) => `${d}T20:30:00+0530`, '10:00'],
  ])('takes a time %s', async (_, write, clock) => {
    const other = await app.therapist();
    const body = { patient_id: await app.patient(), therapist_id: other, date_time: write(day(8)) };
    const { status, json } = await book(desk, body);
    expect([status, json.date_time]).toEqual([201, at(8, clock)]);
  });

  test.each([
    ['date_time', 'tomorrow'],
    ['date_time', '2027-02-30T10:00:00'],
    ['date_time', '2027-02-10T24:00:00'],
    ['date_time', '2027-02-10T10:00:00+99:00'],
    ['date_time', '2027-02-10'],
    ['date_time', 1_800_000_000],
    ['patient_id', 999_999],
    ['therapist_id', 999_999],
    ['patient_id', '1'],
    ['therapist_id', -1],
    ['duration', '60'],
    ['duration', 60.5],
    ['duration', null],
    ['room', 'x'.repeat(51)],
    ['appointment_type', ''],
  ])('refuses %s: %p', async (field, value) => {
    const body = { ...aBooking(), [field]: value };
    let answer;
    expect(await growth(app, async () => (answer = await book(desk, body)))).toEqual({});
    expect(answer).toMatchObject({ status: 400, json: { code: 'VALIDATION_ERROR' } });
    expect(Object.keys((await book(desk, body)).json.details)).toEqual([field]);
  });

  test('names every missing field', async () => {
    const { status, json } = await book(desk, {});
    expect([status, json.code]).toEqual([400, 'VALIDATION_ERROR']);
    expect(Object.keys(json.details).toSorted()).toEqual(['date_time', 'patient_id', 'therapist_id']);
  });

  test('writes appointment, ticket, one audit row and one event, together', async () => {
    const body = aBooking();
    await book(desk, { ...body, date_time: freeTime() });
    let id = 0;
    const grown = await growth(app, async () => (id = (await book(desk, body)).json.id));
    expect(grown).toEqual({ appointments: 1, tickets: 1, audit_log: 1, outbox: 1 });
    const [event] = await app.services.db.select().from(outbox).orderBy(desc(outbox.id)).limit(1);
    expect(event).toMatchObject({
      job: 'notify-appointment',
      data: { appointmentId: id, event: 'booked' },
    });
    const entries = await app.services.db
      .select()
      .from(auditLog)
      .where(and(eq(auditLog.entity, 'appointment'), eq(auditLog.entityId, String(id))));
    expect(entries).toMatchObject([
      { action: 'create', actorId: desk.userId, after: { patient_id: patientId } },
    ]);
  });

  test('leaves nothing behind when its last step fails', async () => {
    // The number that would come next is taken, as no rule foresees.
    await book(desk, aBooking());
    const [counter] = await app.services.db.select().from(ticketCounters);
    const next = `TKT-${counter?.day.replaceAll('-', '')}-${String((counter?.last ?? 0) + 1).padStart(6, '0')}`;
    const id = await existing(app, {
      patientId,
      therapistId,
      starts: freeTime(),
      ticket: { ticketNumber: next },
    });
    const body = { ...aBooking(), room: 'Nueva' };
    let failed;
    expect(await growth(app, async () => (failed = await book(desk, body)))).toEqual({});
    expect(failed).toMatchObject({ status: 409 });
    await app.services.db.delete(tickets).where(eq(tickets.appointmentId, id));
    const { json } = await book(desk, body);
    expect(json.ticket.ticket_number).toBe(next);
  });
});

describe('the price', () => {
  test('is that of the type, else the default, else nothing; the ticket asks for it', async () => {
    const other = await startTestApp();
    const [reception, therapist, patient] = [
      await other.as('receptionist'),
      await other.therapist(),
      await other.patient(),
    ];
    const priceOf = async (appointment_type?: string | null) => {
      const { json } = await book(reception, {
        patient_id: patient,
        therapist_id: therapist,
        date_time: freeTime(),
        ...(appointment_type === undefined ? {} : { appointment_type }),
      });
      expect(json.ticket.amount).toBe(json.price);
      return json.price;
    };
    expect(await priceOf()).toBe('0.00');
    const gone = { deletedAt: Temporal.Now.instant() };
    await other.services.db.insert(predeterminedPrices).values([
      { name: 'Consulta', price: '50.00', isDefault: true },
      { name: 'Reflexología', price: '80.10' },
      { name: 'Masaje', price: '99.99', ...gone },
    ]);
    expect(await priceOf()).toBe('50.00');
    expect(await priceOf(null)).toBe('50.00');
    expect(await priceOf('reflexologia')).toBe('80.10');
    expect(await priceOf('Masaje')).toBe('50.00');
    expect(await priceOf('Consulta')).toBe('50.00');
    await other.close();
  });
});

describe('who may book', () => {
  test.each([
    ['receptionist', 201],
    ['administrator', 201],
    ['therapist', 403],
    ['supervisor', 403],
  ] as const)('a %s: %d', async (role, status) => {
    const client = await app.as(role);
    const body = aBooking();
    const answer = await book(client, body);
    expect(answer.status).toBe(status);
    expect(status === 201 ? answer.json.created_by : answer.json.code).toBe(
      status === 201 ? client.userId : 'INSUFFICIENT_PERMISSIONS',
    );
  });

  test('a patient books for themselves and for nobody else', async () => {
    const me = await app.as('patient');
    const body = { patient_id: me.patientId, therapist_id: therapistId, date_time: freeTime() };
    expect(await book(me, body)).toMatchObject({ status: 201, json: { created_by: me.userId } });
    for (const patient_id of [patientId, 999_999]) {
      let refused;
      const grown = await growth(app, async () => {
        refused = await book(me, { ...body, date_time: freeTime(), patient_id });
      });
      expect(grown).toEqual({});
      expect(refused).toMatchObject({
        status: 403,
        json: { code: 'INSUFFICIENT_PERMISSIONS', details: { rule: 'own_appointments_only' } },
      });
    }
  });

  test('a stranger does not', async () => {
    const { status, json } = await app.request('POST', '/api/appointments/', { body: {} });
    expect([status, json.code]).toEqual([401, 'AUTHENTICATION_REQUIRED']);
  });
});

/** Makes a world in which a booking breaks one rule, and returns what of the booking differs from a good one. */
type Breach = () => Promise<Record<string, unknown>>;

const breaches: Record<string, Breach> = {
  appointment_in_past: async () => ({ date_time: at(-1, '10:00') }),
  invalid_duration: async () => ({ duration: 20 }),
  beyond_booking_horizon: async () => ({ date_time: at(182, '10:00') }),
  outside_working_hours: async () => ({ date_time: at(3, '05:00') }),
  therapist_time_off: async () => {
    const therapist = await app.therapist();
    await away(app, therapist, at(3, '10:59'), at(3, '15:00'));
    return { therapist_id: therapist, date_time: at(3, '10:00') };
  },
  clinic_closed: async () => {
    await closed(app, { date: day(175), name: 'Feriado' });
    return { date_time: at(175, '10:00') };
  },
  therapist_inactive: async () => ({ therapist_id: await app.therapist({ isActive: false }) }),
  patient_inactive: async () => ({ patient_id: await app.patient({ deletedAt: Temporal.Now.instant() }) }),
  therapist_busy: async () => {
    const starts = freeTime();
    await existing(app, { therapistId, patientId: await app.patient(), starts });
    return { date_time: starts };
  },
  patient_busy: async () => {
    const starts = freeTime();
    await existing(app, { therapistId: await app.therapist(), patientId, starts });
    return { date_time: starts };
  },
  room_busy: async () => {
    const starts = freeTime();
    await existing(app, {
      therapistId: await app.therapist(),
      patientId: await app.patient(),
      starts,
      room: 'Sala Única',
    });
    return { date_time: starts, room: 'Sala Única' };
  },
};

describe('a rule that is broken', () => {
  test.each(Object.keys(breaches))(
    '%s is named, explained in both languages, and leaves nothing',
    async (rule) => {
      const changes = await breaches[rule]?.();
      const body = { ...aBooking(), ...changes };
      const messages = [];
      for (const language of ['es', 'en']) {
        let answer;
        const grown = await growth(app, async () => {
          answer = await desk.request('POST', '/api/appointments/', {
            body,
            headers: { 'accept-language': language },
          });
        });
        expect(grown).toEqual({});
        expect(answer).toMatchObject({
          status: 400,
          json: {
            code: 'BUSINESS_RULE_VIOLATION',
            details: { rule, violations: [{ rule, message: expect.any(String) }] },
          },
        });
        messages.push((answer as unknown as { json: { details: { message: string } } }).json.details.message);
      }
      expect(new Set(messages).size).toBe(2);
    },
  );

  test('is told with all the others, in the order of the contract', async () => {
    const [therapist, patient] = [
      await app.therapist({ isActive: false }),
      await app.patient({ deletedAt: Temporal.Now.instant() }),
    ];
    const starts = at(-3, '20:00');
    await existing(app, {
      therapistId: therapist,
      patientId: patient,
      starts,
      room: 'Sala 9',
      duration: 240,
    });
    await closed(app, { date: day(-3), name: 'Ayer' });
    await away(app, therapist, at(-3, '00:00'), at(-2, '00:00'));
    const answer = await book(desk, {
      patient_id: patient,
      therapist_id: therapist,
      date_time: at(-3, '23:00'),
      room: 'sala 9',
      duration: 50,
    });
    expect(rulesOf(answer)).toEqual([
      'appointment_in_past',
      'invalid_duration',
      'outside_working_hours',
      'therapist_time_off',
      'clinic_closed',
      'therapist_inactive',
      'patient_inactive',
      'therapist_busy',
      'patient_busy',
      'room_busy',
    ]);
    expect(answer.json.details.rule).toBe('appointment_in_past');
    expect(answer.json.details.message).toBe(answer.json.details.violations[0].message);
  });

  test.each([-60, 0, 1, 14, 20, 61, 241, 255, 1_000_000])(
    'a duration of %d minutes is invalid',
    async (duration) => {
      const answer = await book(desk, {
        patient_id: patientId,
        therapist_id: therapistId,
        date_time: at(171, '09:00'),
        duration,
      });
      expect([answer.status, rulesOf(answer)]).toEqual([400, ['invalid_duration']]);
    },
  );

  test.each([15, 45, 240])('a duration of %d minutes is fine', async (duration) => {
    const therapist = await app.therapist();
    const { status, json } = await book(desk, {
      patient_id: await app.patient(),
      therapist_id: therapist,
      date_time: at(4, '09:00'),
      duration,
    });
    expect([status, json.duration]).toEqual([201, duration]);
    const [from, to] = [json.date_time, json.ends_at].map((text) => Temporal.Instant.from(text));
    expect(from?.until(to ?? '').total('minutes')).toBe(duration);
  });
});

const plan = (startsAt: Temporal.Instant, duration = 60) => ({
  therapistId,
  patientId,
  room: null,
  startsAt,
  duration,
  moving: null,
});

const broken = async (now: string, starts: string, duration?: number) => {
  const ctx = { ...app.ctx(), now: Temporal.Instant.from(now) };
  return (await lockAndJudge(ctx, plan(Temporal.Instant.from(starts), duration))).violations.map(
    ({ rule }) => rule,
  );
};

describe('the bounds', () => {
  test('an appointment begins after now, and within 180 days', async () => {
    expect(await broken('2030-01-07T10:00:00-05:00', '2030-01-07T10:00:00-05:00')).toEqual([
      'appointment_in_past',
    ]);
    expect(await broken('2030-01-07T09:59:59.999-05:00', '2030-01-07T10:00:00-05:00')).toEqual([]);
    expect(await broken('2030-01-07T10:00:00-05:00', '2030-07-06T10:00:00-05:00')).toEqual([]);
    expect(await broken('2030-01-07T10:00:00-05:00', '2030-07-06T10:00:01-05:00')).toEqual([
      'beyond_booking_horizon',
    ]);
  });

  test('an appointment fills the working hours to the minute', async () => {
    const now = '2030-01-01T00:00:00Z';
    expect(await broken(now, '2030-01-07T09:00:00-05:00')).toEqual([]);
    expect(await broken(now, '2030-01-07T08:59:59-05:00')).toEqual(['outside_working_hours']);
    expect(await broken(now, '2030-01-07T17:00:00-05:00')).toEqual([]);
    expect(await broken(now, '2030-01-07T17:00:01-05:00')).toEqual(['outside_working_hours']);
    expect(await broken(now, '2030-01-07T17:00:00-05:00', 75)).toEqual(['outside_working_hours']);
  });

  test('a holiday ends at midnight, and one that was deleted is a working day', async () => {
    const now = '2030-01-01T00:00:00Z';
    await closed(
      app,
      { date: '2030-02-05', name: 'Fiesta' },
      { date: '2030-02-07', name: 'Borrada', deletedAt: Temporal.Now.instant() },
    );
    expect(await broken(now, '2030-02-05T17:00:00-05:00')).toEqual(['clinic_closed']);
    expect(await broken(now, '2030-02-04T17:00:00-05:00')).toEqual([]);
    expect(await broken(now, '2030-02-06T09:00:00-05:00')).toEqual([]);
    expect(await broken(now, '2030-02-07T09:00:00-05:00')).toEqual([]);
  });

  test('time off may touch', async () => {
    await away(app, therapistId, '2030-03-05T11:00:00-05:00', '2030-03-05T13:00:00-05:00');
    const now = '2030-01-01T00:00:00Z';
    expect(await broken(now, '2030-03-05T10:00:00-05:00')).toEqual([]);
    expect(await broken(now, '2030-03-05T13:00:00-05:00')).toEqual([]);
    expect(await broken(now, '2030-03-05T10:00:01-05:00')).toEqual(['therapist_time_off']);
    expect(await broken(now, '2030-03-05T12:59:59-05:00')).toEqual(['therapist_time_off']);
  });

  test('two blocks that touch are one stretch of work', async () => {
    const therapist = await app.as('therapist');
    const schedule = [
      { weekday: 1, start_time: '09:00', end_time: '13:00' },
      { weekday: 1, start_time: '13:00', end_time: '17:00' },
      { weekday: 1, start_time: '20:00', end_time: '24:00' },
      { weekday: 2, start_time: '00:00', end_time: '04:00' },
    ];
    await therapist.request('PUT', `/api/therapists/${therapist.therapistId}/schedule/`, { body: schedule });
    const ctx = { ...app.ctx(), now: Temporal.Instant.from('2030-01-01T00:00:00Z') };
    const brokenAt = async (starts: string) => {
      const theirs = { ...plan(Temporal.Instant.from(starts)), therapistId: therapist.therapistId };
      return (await lockAndJudge(ctx, theirs)).violations.map(({ rule }) => rule);
    };
    expect(await brokenAt('2030-01-07T12:30:00-05:00')).toEqual([]);
    expect(await brokenAt('2030-01-07T23:30:00-05:00')).toEqual([]);
    expect(await brokenAt('2030-01-07T16:30:00-05:00')).toEqual(['outside_working_hours']);
    expect(await brokenAt('2030-01-08T03:30:00-05:00')).toEqual(['outside_working_hours']);
  });
});

describe('what is taken', () => {
  test('overlaps in every way are refused, neighbours are not', async () => {
    const therapist = await app.therapist();
    await existing(app, { therapistId: therapist, patientId: await app.patient(), starts: at(5, '12:00') });
    const refused = async (time: string, duration: number) => {
      const answer = await book(desk, {
        patient_id: await app.patient(),
        therapist_id: therapist,
        date_time: at(5, time),
        duration,
      });
      return answer.status === 201 ? [] : rulesOf(answer);
    };
    for (const [time, duration] of [
      ['12:00', 60],
      ['11:45', 30],
      ['12:45', 30],
      ['12:15', 15],
      ['11:00', 180],
      ['09:00', 240],
    ] as const) {
      expect([time, await refused(time, duration)]).toEqual([time, ['therapist_busy']]);
    }
    expect(await refused('11:00', 60)).toEqual([]);
    expect(await refused('13:00', 60)).toEqual([]);
  });

  test.each([
    ['pending', 400],
    ['confirmed', 400],
    ['in_progress', 400],
    ['completed', 400],
    ['cancelled', 201],
    ['no_show', 201],
  ] as const)('one that is %s: %d', async (status, answered) => {
    const [therapist, patient, starts] = [await app.therapist(), await app.patient(), freeTime()];
    await existing(app, { therapistId: therapist, patientId: patient, starts, room: 'Sala 7', status });
    const body = { patient_id: patient, therapist_id: therapist, date_time: starts, room: 'Sala 7' };
    const answer = await book(desk, body);
    expect(answer.status).toBe(answered);
    expect(rulesOf(answer)).toEqual(answered === 201 ? [] : ['therapist_busy', 'patient_busy', 'room_busy']);
  });

  test('a room is one room however it is written; no room is no conflict', async () => {
    const starts = freeTime();
    const bookRoom = async (room: string | null) =>
      rulesOf(
        await book(desk, {
          patient_id: await app.patient(),
          therapist_id: await app.therapist(),
          date_time: starts,
          room,
        }),
      );
    expect(await bookRoom('Sala Ñandú')).toEqual([]);
    expect(await bookRoom('sala ñandú')).toEqual(['room_busy']);
    expect(await bookRoom('Sala 2')).toEqual([]);
    expect(await bookRoom(null)).toEqual([]);
    expect(await bookRoom(null)).toEqual([]);
  });

  test('the parties stay locked until the booking is committed', async () => {
    const starts = freeTime();
    const room = `Sala ${unique()}`;
    const held = Promise.withResolvers<void>();
    const ready = Promise.withResolvers<void>();
    const holder = transaction(app.ctx(), async (tx) => {
      await lockParties(tx, { therapistId, patientId, room });
      ready.resolve();
      await held.promise;
    });
    await ready.promise;
    let answered = false;
    const booking = book(desk, { patient_id: patientId, therapist_id: therapistId, date_time: starts }).then(
      (answer) => {
        answered = true;
        return answer.status;
      },
    );
    await Bun.sleep(60);
    expect(answered).toBe(false);
    held.resolve();
    await holder;
    expect(await booking).toBe(201);
  });
});

const withKey = (client: Client, key: string, body: unknown) =>
  client.request('POST', '/api/appointments/', { body, headers: { 'idempotency-key': key } });

describe('Idempotency-Key', () => {
  test('the same request again gets the first answer', async () => {
    const body = aBooking();
    const first = await withKey(desk, 'key-1', body);
    expect([first.status, first.headers.get('idempotent-replayed')]).toEqual([201, null]);
    await desk.request('PATCH', `/api/appointments/${first.json.id}/status/`, {
      body: { status: 'confirmed' },
    });
    let again: Awaited<ReturnType<typeof withKey>> | undefined;
    expect(await growth(app, async () => (again = await withKey(desk, 'key-1', body)))).toEqual({});
    expect([again?.status, again?.headers.get('idempotent-replayed')]).toEqual([201, 'true']);
    expect(again?.json).toEqual(first.json);
  });

  test('another request with the key is refused', async () => {
    await withKey(desk, 'key-2', aBooking());
    let other;
    expect(await growth(app, async () => (other = await withKey(desk, 'key-2', aBooking())))).toEqual({});
    expect(other).toMatchObject({ status: 422, json: { code: 'IDEMPOTENCY_KEY_REUSED' } });
  });

  test('of another user is another key', async () => {
    const admin = await app.as('administrator');
    const answers = [await withKey(desk, 'key-3', aBooking()), await withKey(admin, 'key-3', aBooking())];
    expect(answers.map(({ status }) => status)).toEqual([201, 201]);
  });

  test('requests at the same time with one key make one booking', async () => {
    const body = aBooking();
    const answers = await Promise.all(Array.from({ length: 6 }, () => withKey(desk, 'key-4', body)));
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201, 201, 201]);
    expect(new Set(answers.map(({ json }) => json.id)).size).toBe(1);
    expect(answers.filter(({ headers }) => headers.get('idempotent-replayed') === 'true')).toHaveLength(5);
    const rows = await app.services.db
      .select({ id: appointments.id })
      .from(appointments)
      .where(
        and(
          eq(appointments.therapistId, therapistId),
          eq(appointments.dateTime, Temporal.Instant.from(body.date_time)),
        ),
      );
    expect(rows).toHaveLength(1);
  });

  test('a refused request does not use the key up', async () => {
    const body = aBooking();
    const id = await existing(app, { therapistId, patientId: await app.patient(), starts: body.date_time });
    expect((await withKey(desk, 'key-5', body)).status).toBe(400);
    await app.services.db.update(appointments).set({ status: 'cancelled' }).where(eq(appointments.id, id));
    expect(await withKey(desk, 'key-5', body)).toMatchObject({ status: 201 });
  });

  test('of no use is refused', async () => {
    const { status, json } = await withKey(desk, 'a b', aBooking());
    expect([status, Object.keys(json.details)]).toEqual([400, ['Idempotency-Key']]);
  });

  test('a replay does not count as an appointment made', async () => {
    const [before, body] = [await created(), aBooking()];
    for (const _ of [1, 2, 3]) await withKey(desk, 'key-6', body);
    expect((await created()) - before).toBe(1);
  });
});
