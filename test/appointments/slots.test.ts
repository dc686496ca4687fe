import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { eq } from 'drizzle-orm';
import * as fc from 'fast-check';
import type { Ctx } from '../../src/context.ts';
import { lockAndJudge } from '../../src/modules/appointments/rules.ts';
import { availableSlots } from '../../src/modules/appointments/slots.ts';
import type { Status } from '../../src/modules/appointments/status.ts';
import { appointments } from '../../src/modules/appointments/tables.ts';
import {
  holidays,
  scheduleBlocks,
  specialties,
  type therapists,
  therapistSpecialties,
  timeOff,
} from '../../src/modules/therapists/tables.ts';
import { type Client, startTestApp, type TestApp } from '../harness.ts';
import { at, book, day, existing, ZONE } from './clinic.ts';

let app: TestApp;
let anyone: Client;
let patientId: number;

beforeAll(async () => {
  app = await startTestApp();
  anyone = await app.as('patient');
  patientId = await app.patient();
});
afterAll(() => app.close());

/** `'09:30'` as minutes of the day. */
const minute = (clock: string) => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3));

type Week = [weekday: number, from: string, to: string][];
const EVERY_DAY = [1, 2, 3, 4, 5, 6, 7];
const everyDay = (...blocks: [from: string, to: string][]): Week =>
  EVERY_DAY.flatMap((weekday) => blocks.map(([from, to]): Week[number] => [weekday, from, to]));

/** A therapist who works these weekly blocks. */
async function worker(week: Week, fields: Partial<typeof therapists.$inferInsert> = {}): Promise<number> {
  const therapistId = await app.therapist(fields);
  await setWeek(therapistId, week);
  return therapistId;
}

async function setWeek(therapistId: number, week: Week): Promise<void> {
  const { db } = app.services;
  await db.delete(scheduleBlocks).where(eq(scheduleBlocks.therapistId, therapistId));
  if (week.length === 0) return;
  await db.insert(scheduleBlocks).values(
    week.map(([weekday, from, to]) => ({
      therapistId,
      weekday,
      startMinute: minute(from),
      endMinute: minute(to),
    })),
  );
}

type Slot = { therapist_id: number; therapist_name: string; date_time: string; ends_at: string };

const slotsOf = async (query: Record<string, string | number>): Promise<Slot[]> => {
  const text = new URLSearchParams(Object.entries(query).map(([key, value]) => [key, String(value)]));
  const { status, json } = await anyone.request('GET', `/api/appointments/available/?${text}`);
  expect([status, json.code]).toEqual([200, undefined]);
  return json.slots;
};

/** The clock times of the slots of one therapist on one day. */
const clocks = async (therapistId: number, days: number, query: Record<string, number> = {}) => {
  const slots = await slotsOf({
    date_from: day(days),
    date_to: day(days),
    therapist_id: therapistId,
    ...query,
  });
  return slots.map(({ date_time }) => date_time.slice(11, 16));
};

describe('the grid', () => {
  test('starts every half hour from the beginning of each block, for an hour', async () => {
    const therapist = await worker(everyDay(['14:10', '16:15'], ['09:00', '11:00']));
    const { json } = await anyone.request(
      'GET',
      `/api/appointments/available/?date_from=${day(3)}&date_to=${day(3)}&therapist_id=${therapist}`,
    );
    const slot = (from: string, to: string) => ({
      therapist_id: therapist,
      therapist_name: 'Julio Ramos Flores',
      date_time: at(3, from),
      ends_at: at(3, to),
    });
    expect(json).toEqual({
      date_from: day(3),
      date_to: day(3),
      duration: 60,
      slots: [
        slot('09:00', '10:00'),
        slot('09:30', '10:30'),
        slot('10:00', '11:00'),
        slot('14:10', '15:10'),
        slot('14:40', '15:40'),
        slot('15:10', '16:10'),
      ],
    });
  });

  test('takes another step and duration', async () => {
    const therapist = await worker(everyDay(['09:00', '11:00']));
    expect(await clocks(therapist, 3, { step: 45 })).toEqual(['09:00', '09:45']);
    expect(await clocks(therapist, 3, { duration: 90 })).toEqual(['09:00', '09:30']);
    expect(await clocks(therapist, 3, { duration: 15, step: 60 })).toEqual(['09:00', '10:00']);
    expect(await clocks(therapist, 3, { duration: 120, step: 5 })).toEqual(['09:00']);
    expect(await clocks(therapist, 3, { duration: 135 })).toEqual([]);
  });

  test('reaches the midnight that ends the day, and not over it', async () => {
    const therapist = await worker(everyDay(['22:00', '24:00'], ['00:00', '01:00']));
    const slots = await slotsOf({ date_from: day(3), date_to: day(4), therapist_id: therapist });
    expect(slots.map(({ date_time, ends_at }) => [date_time, ends_at])).toEqual([
      [at(3, '00:00'), at(3, '01:00')],
      [at(3, '22:00'), at(3, '23:00')],
      [at(3, '22:30'), at(3, '23:30')],
      [at(3, '23:00'), at(4, '00:00')],
      [at(4, '00:00'), at(4, '01:00')],
      [at(4, '22:00'), at(4, '23:00')],
      [at(4, '22:30'), at(4, '23:30')],
      [at(4, '23:00'), at(5, '00:00')],
    ]);
  });

  test('keeps to the weekdays, and lists by time, then therapist', async () => {
    const other = await startTestApp();
    const weekday = Temporal.PlainDate.from(day(7)).dayOfWeek;
    const [first, second] = [await other.therapist(), await other.therapist()];
    await other.services.db.delete(scheduleBlocks);
    await other.services.db
      .insert(scheduleBlocks)
      .values(
        [second, first].map((therapistId) => ({ therapistId, weekday, startMinute: 540, endMinute: 630 })),
      );
    const { slots } = await availableSlots(other.ctx(), {
      date_from: day(7),
      date_to: day(14),
      duration: 60,
      step: 30,
    });
    expect(slots.map(({ therapist_id, date_time }) => [therapist_id, date_time])).toEqual(
      [7, 14].flatMap((days) =>
        ['09:00', '09:30'].flatMap((time) => [first, second].map((therapist) => [therapist, at(days, time)])),
      ),
    );
    await other.close();
  });
});

describe('what is not free', () => {
  test('appointments that occupy, to the minute', async () => {
    const therapist = await worker(everyDay(['09:00', '14:00']));
    const statuses: [string, Status, number][] = [
      ['09:30', 'pending', 15],
      ['11:00', 'completed', 60],
      ['13:00', 'cancelled', 60],
      ['10:00', 'no_show', 60],
    ];
    for (const [time, status, duration] of statuses) {
      await existing(app, { therapistId: therapist, patientId, starts: at(6, time), status, duration });
    }
    expect(await clocks(therapist, 6)).toEqual(['10:00', '12:00', '12:30', '13:00']);
    expect(await clocks(therapist, 6, { duration: 30 })).toEqual([
      '09:00',
      '10:00',
      '10:30',
      '12:00',
      '12:30',
      '13:00',
      '13:30',
    ]);
  });

  test('an appointment that began on the day before', async () => {
    const therapist = await worker(everyDay(['00:00', '24:00']));
    await existing(app, { therapistId: therapist, patientId, starts: at(5, '21:30'), duration: 240 });
    const free = await clocks(therapist, 6);
    expect(free.slice(0, 2)).toEqual(['01:30', '02:00']);
    expect((await clocks(therapist, 5)).at(-1)).toBe('20:30');
  });

  test('time off, from before the range to after it', async () => {
    const therapist = await worker(everyDay(['09:00', '12:00']));
    const away = (from: string, to: string) => ({
      therapistId: therapist,
      startsAt: Temporal.Instant.from(from),
      endsAt: Temporal.Instant.from(to),
    });
    await app.services.db
      .insert(timeOff)
      .values([away(at(4, '11:00'), at(6, '10:00')), away(at(8, '10:15'), at(8, '10:20'))]);
    expect(await clocks(therapist, 4)).toEqual(['09:00', '09:30', '10:00']);
    expect(await clocks(therapist, 5)).toEqual([]);
    expect(await clocks(therapist, 6)).toEqual(['10:00', '10:30', '11:00']);
    expect(await clocks(therapist, 8)).toEqual(['09:00', '10:30', '11:00']);
  });

  test('holidays, unless they were deleted', async () => {
    const therapist = await worker(everyDay(['22:00', '24:00']));
    await app.services.db.insert(holidays).values([
      { date: day(90), name: 'Fiestas' },
      { date: day(92), name: 'Borrado', deletedAt: Temporal.Now.instant() },
    ]);
    const slots = await slotsOf({ date_from: day(89), date_to: day(92), therapist_id: therapist });
    const days = new Set(slots.map(({ date_time }) => date_time.slice(0, 10)));
    expect([...days]).toEqual([day(89), day(91), day(92)]);
    expect(slots).toHaveLength(9);
  });

  test('inactive and deleted therapists, and those without hours', async () => {
    const gone = await worker(everyDay(['09:00', '10:00']), { deletedAt: Temporal.Now.instant() });
    const inactive = await worker(everyDay(['09:00', '10:00']), { isActive: false });
    const idle = await worker([]);
    for (const therapist of [gone, inactive, idle, 999_999]) expect(await clocks(therapist, 3)).toEqual([]);
    const all = await slotsOf({ date_from: day(3), date_to: day(3) });
    for (const { therapist_id } of all) expect([gone, inactive, idle]).not.toContain(therapist_id);
  });

  test('therapists without the specialty', async () => {
    const [one, other] = [
      await worker(everyDay(['09:00', '10:00'])),
      await worker(everyDay(['09:00', '10:00'])),
    ];
    const [specialty] = await app.services.db
      .insert(specialties)
      .values({ name: 'Reflexología podal' })
      .$returningId();
    const specialty_id = specialty?.id ?? 0;
    await app.services.db
      .insert(therapistSpecialties)
      .values({ therapistId: one, specialtyId: specialty_id });
    const slots = await slotsOf({ date_from: day(3), date_to: day(3), specialty_id });
    expect(slots.map(({ therapist_id }) => therapist_id)).toEqual([one]);
    expect(await clocks(other, 3, { specialty_id })).toEqual([]);
    expect(await clocks(one, 3, { specialty_id: 999_999 })).toEqual([]);
  });

  test('the past, and what lies beyond 180 days', async () => {
    const therapist = await worker(everyDay(['00:00', '24:00']));
    const starts = async (now: string, date: string) => {
      const ctx = { ...app.ctx(), now: Temporal.Instant.from(now) };
      const query = { date_from: date, date_to: date, therapist_id: therapist, duration: 60, step: 60 };
      return (await availableSlots(ctx, query)).slots.map(({ date_time }) => date_time.slice(11, 16));
    };
    const now = '2030-01-07T20:00:00-05:00';
    expect(await starts(now, '2030-01-07')).toEqual(['21:00', '22:00', '23:00']);
    expect(await starts('2030-01-07T19:59:59.999-05:00', '2030-01-07')).toHaveLength(4);
    expect(await starts(now, '2030-01-06')).toEqual([]);
    expect(await starts(now, '2030-07-06')).toHaveLength(21);
    expect((await starts(now, '2030-07-06')).at(-1)).toBe('20:00');
    expect(await starts(now, '2030-07-07')).toEqual([]);
  });
});

describe('the query', () => {
  test.each([
    [`date_from=${day(3)}`, ['date_to']],
    ['', ['date_from', 'date_to']],
    [`date_from=${day(3)}&date_to=${day(2)}`, ['date_to']],
    [`date_from=${day(3)}&date_to=${day(34)}`, ['date_to']],
    [`date_from=${day(3)}&date_to=9999-12-31`, ['date_to']],
    [`date_from=2027-02-30&date_to=${day(3)}`, ['date_from']],
    [`date_from=${day(3)}&date_to=${day(3)}&duration=50`, ['duration']],
    [`date_from=${day(3)}&date_to=${day(3)}&duration=0`, ['duration']],
    [`date_from=${day(3)}&date_to=${day(3)}&duration=255`, ['duration']],
    [`date_from=${day(3)}&date_to=${day(3)}&duration=-60`, ['duration']],
    [`date_from=${day(3)}&date_to=${day(3)}&step=0`, ['step']],
    [`date_from=${day(3)}&date_to=${day(3)}&step=1e2`, ['step']],
    [`date_from=${day(3)}&date_to=${day(3)}&therapist_id=0`, ['therapist_id']],
    [`date_from=${day(3)}&date_to=${day(3)}&specialty_id=x`, ['specialty_id']],
  ])('%p is refused', async (query, fields) => {
    const { status, json } = await anyone.request('GET', `/api/appointments/available/?${query}`);
    expect([status, json.code]).toEqual([400, 'VALIDATION_ERROR']);
    expect(Object.keys(json.details)).toEqual(fields);
  });

  test('may span 31 days', async () => {
    const therapist = await worker(everyDay(['09:00', '10:00']));
    const slots = await slotsOf({ date_from: day(2), date_to: day(32), therapist_id: therapist });
    expect(slots).toHaveLength(31);
  });

  test('of more slots than can be sent is refused with a hint', async () => {
    const other = await startTestApp();
    for (const _ of [1, 2, 3, 4]) await other.therapist();
    const query = { date_from: day(2), date_to: day(32), duration: 15 };
    const answer = availableSlots(other.ctx(), { ...query, step: 5 });
    expect(await answer.catch((error: unknown) => error)).toMatchObject({ field: 'date_to' });
    expect((await availableSlots(other.ctx(), { ...query, step: 30 })).slots).toHaveLength(4 * 31 * 18);
    await other.close();
  });

  test('needs a session', async () => {
    expect((await app.request('GET', `/api/appointments/available/?date_from=${day(3)}`)).status).toBe(401);
  });
});

test('a slot that is taken is offered no more, and again when it is given back', async () => {
  const therapist = await worker(everyDay(['09:00', '10:00']));
  const desk = await app.as('receptionist');
  const [slot] = await slotsOf({ date_from: day(3), date_to: day(3), therapist_id: therapist });
  const { json } = await book(desk, {
    patient_id: await app.patient(),
    therapist_id: therapist,
    date_time: slot?.date_time,
  });
  expect(await clocks(therapist, 3)).toEqual([]);
  expect((await desk.request('DELETE', `/api/appointments/${json.id}/`)).status).toBe(200);
  expect(await clocks(therapist, 3)).toEqual(['09:00']);
});

/** The context of a clinic in another zone, at a fixed time. */
const inZone = (timeZone: string, now: string): Ctx => {
  const ctx = app.ctx();
  const services = { ...ctx.services, config: { ...ctx.services.config, timeZone } };
  return { ...ctx, services, now: Temporal.Instant.from(now) };
};

/** The rules that a booking of this slot would break. */
const rulesBroken = async (ctx: Ctx, slot: Slot, duration: number) =>
  (
    await lockAndJudge(ctx, {
      therapistId: slot.therapist_id,
      patientId,
      room: null,
      startsAt: Temporal.Instant.from(slot.date_time),
      duration,
      moving: null,
    })
  ).violations.map(({ rule }) => rule);

/**
 * Whether the therapist works by the clinic's wall clock at an instant. When the clock is put back, whoever worked
 * until then goes on working.
 */
function worksAt(week: Week, epochMs: number, timeZone: string): boolean {
  const local = instant(epochMs).toZonedDateTimeISO(timeZone);
  const first = local.toPlainDateTime().toZonedDateTime(timeZone);
  if (!first.equals(local)) {
    const putBack = local.add({ nanoseconds: 1 }).getTimeZoneTransition('previous');
    return worksAt(week, (putBack ?? local).epochMilliseconds - 1, timeZone);
  }
  const now = local.hour * 60 + local.minute;
  return week.some(
    ([weekday, from, to]) => weekday === local.dayOfWeek && minute(from) <= now && now < minute(to),
  );
}

const instant = (epochMs: number) => Temporal.Instant.fromEpochMilliseconds(epochMs);

const CLOCK_CHANGES: [zone: string, date: string][] = [
  ['Europe/Madrid', '2030-03-31'], // 02:00 → 03:00
  ['Europe/Madrid', '2030-10-27'], // 03:00 → 02:00
  ['America/Santiago', '2030-09-08'], // midnight is skipped
  ['America/Santiago', '2030-04-06'], // 24:00 → 23:00
  ['Africa/Cairo', '2026-04-24'], // midnight is skipped, on a Friday
  ['Africa/Cairo', '2026-10-29'], // 24:00 → 23:00
  ['America/Asuncion', '2023-10-01'], // midnight is skipped
  ['America/Havana', '2030-11-03'], // 01:00 → 00:00
  ['Australia/Lord_Howe', '2030-10-06'], // by half an hour
  ['Australia/Lord_Howe', '2030-04-07'],
  ['Pacific/Apia', '2011-12-30'], // the whole day is skipped
  ['Asia/Kathmandu', '2030-05-05'], // +05:45, no change
];

/** Blocks at every awkward place, weekday by weekday the same. */
const AWKWARD = everyDay(
  ['00:00', '00:30'],
  ['00:30', '02:15'],
  ['02:15', '02:45'],
  ['02:45', '05:00'],
  ['20:00', '23:15'],
  ['23:15', '23:45'],
  ['23:45', '24:00'],
);

describe('when the clocks change', () => {
  test.each(CLOCK_CHANGES)(
    'in %s on %s every slot can be booked, and lies in working hours',
    async (zone, date) => {
      const therapist = await worker(AWKWARD);
      const middle = Temporal.PlainDate.from(date);
      const [from, to] = [middle.subtract({ days: 1 }).toString(), middle.add({ days: 1 }).toString()];
      const ctx = inZone(zone, `${middle.subtract({ days: 20 }).toString()}T00:00:00Z`);
      for (const [duration, step] of [
        [15, 15],
        [30, 15],
        [60, 30],
      ] as const) {
        const query = { date_from: from, date_to: to, therapist_id: therapist, duration, step };
        const { slots } = await availableSlots(ctx, query);
        expect(slots.length).toBeGreaterThan(5);
        const starts = slots.map(({ date_time }) => Temporal.Instant.from(date_time).epochMilliseconds);
        expect(starts).toEqual([...new Set(starts)].toSorted((a, b) => a - b));
        for (const slot of slots) {
          const start = Temporal.Instant.from(slot.date_time).epochMilliseconds;
          const end = Temporal.Instant.from(slot.ends_at).epochMilliseconds;
          expect((end - start) / 60_000).toBe(duration);
          expect([slot.date_time, await rulesBroken(ctx, slot, duration)]).toEqual([slot.date_time, []]);
          for (let time = start; time < end; time += 15 * 60_000) {
            expect([slot.date_time, worksAt(AWKWARD, time, zone)]).toEqual([slot.date_time, true]);
          }
          const shown = slot.date_time.slice(0, 10);
          expect(shown >= from && shown <= to).toBe(true);
        }
      }
    },
  );

  test.each([
    ['Europe/Madrid', '2030-03-31', '2030-03-31T00:00:00+01:00', '2030-03-31T23:45:00+02:00', 23],
    ['Europe/Madrid', '2030-10-27', '2030-10-27T00:00:00+02:00', '2030-10-27T23:45:00+01:00', 25],
    ['America/Santiago', '2030-09-08', '2030-09-08T01:00:00-03:00', '2030-09-08T23:45:00-03:00', 23],
    ['America/Santiago', '2030-04-06', '2030-04-06T00:00:00-03:00', '2030-04-06T23:45:00-04:00', 25],
    ['Australia/Lord_Howe', '2030-10-06', '2030-10-06T00:00:00+10:30', '2030-10-06T23:45:00+11:00', 23.5],
  ])('in %s all of %s is offered: %s to %s, %d hours', async (zone, date, first, last, hours) => {
    const therapist = await worker(everyDay(['00:00', '24:00']));
    const ctx = inZone(zone, '2030-03-01T00:00:00Z');
    const now = Temporal.PlainDate.from(date).subtract({ days: 9 }).toString();
    const query = { date_from: date, date_to: date, therapist_id: therapist, duration: 15, step: 15 };
    const { slots } = await availableSlots({ ...ctx, now: Temporal.Instant.from(`${now}T00:00:00Z`) }, query);
    expect([slots[0]?.date_time, slots.at(-1)?.date_time, slots.length]).toEqual([first, last, hours * 4]);
  });

  test('working hours that the clock skips are not worked', async () => {
    const ctx = inZone('Europe/Madrid', '2030-03-20T00:00:00Z');
    const starts = async (week: Week) => {
      const query = { date_from: '2030-03-31', date_to: '2030-03-31', duration: 15, step: 15 };
      const { slots } = await availableSlots(ctx, { ...query, therapist_id: await worker(week) });
      return slots.map(({ date_time }) => date_time.slice(11, 16));
    };
    expect(await starts(everyDay(['01:45', '02:30']))).toEqual(['01:45']);
    expect(await starts(everyDay(['02:15', '02:45']))).toEqual([]);
    expect(await starts(everyDay(['02:30', '03:15']))).toEqual(['03:00']);
  });

  test('a holiday closes the whole of a long day', async () => {
    const therapist = await worker(everyDay(['00:00', '24:00']));
    await app.services.db.insert(holidays).values({ date: '2031-04-05', name: 'Día largo' });
    const ctx = inZone('America/Santiago', '2031-03-01T00:00:00Z');
    const query = { date_from: '2031-04-04', date_to: '2031-04-06', therapist_id: therapist };
    const { slots } = await availableSlots(ctx, { ...query, duration: 60, step: 60 });
    expect(slots.map(({ date_time }) => date_time.slice(0, 10))).toEqual([
      ...Array<string>(24).fill('2031-04-04'),
      ...Array<string>(24).fill('2031-04-06'),
    ]);
    for (const slot of slots) expect(await rulesBroken(ctx, slot, 60)).toEqual([]);
  });
});

const clock = fc.integer({ min: 0, max: 95 }).map((n) => n * 15);
const clockText = (minutes: number) =>
  `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
const week = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 7 }), clock, fc.integer({ min: 1, max: 32 })), {
    maxLength: 12,
  })
  .map((blocks) => {
    const kept: [number, number, number][] = [];
    for (const [weekday, from, quarters] of blocks) {
      const to = Math.min(1_440, from + quarters * 15);
      if (kept.every(([other, a, b]) => other !== weekday || to <= a || b <= from))
        kept.push([weekday, from, to]);
    }
    return kept.map(([weekday, from, to]): Week[number] => [weekday, clockText(from), clockText(to)]);
  });
const spans = (longest: number) =>
  fc.array(
    fc.record({ from: fc.integer({ min: -20, max: 400 }), quarters: fc.integer({ min: 1, max: longest }) }),
    {
      maxLength: 8,
    },
  );

test('the slots are exactly what is free of the grid, whatever is booked', async () => {
  const zones = fc.constantFrom(ZONE, 'Europe/Madrid', 'America/Santiago', 'Asia/Kathmandu');
  const dates = fc.constantFrom('2030-03-30', '2030-04-05', '2030-09-06', '2030-10-26', '2030-06-10');
  const [therapist, other] = [await worker([]), await app.patient()];
  const { db } = app.services;
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        zone: zones,
        date: dates,
        week,
        booked: spans(16),
        away: spans(60),
        duration: fc.constantFrom(15, 30, 60, 90),
        step: fc.constantFrom(15, 30, 45),
      }),
      async ({ zone, date, week, booked, away, duration, step }) => {
        const first = Temporal.PlainDate.from(date);
        const origin = first.toZonedDateTime(zone).epochMilliseconds;
        const taken = (list: { from: number; quarters: number }[]) =>
          list.map(({ from, quarters }) => ({
            start: origin + from * 900_000,
            end: origin + (from + quarters) * 900_000,
          }));
        const [bookings, absences] = [taken(booked), taken(away)];
        await db.delete(timeOff).where(eq(timeOff.therapistId, therapist));
        await db.delete(appointments).where(eq(appointments.therapistId, therapist));
        await setWeek(therapist, week);
        for (const { start, end } of absences) {
          await db
            .insert(timeOff)
            .values({ therapistId: therapist, startsAt: instant(start), endsAt: instant(end) });
        }
        for (const { start, end } of bookings) {
          await db.insert(appointments).values({
            therapistId: therapist,
            patientId: other,
            dateTime: instant(start),
            endsAt: instant(end),
            duration: (end - start) / 60_000,
            price: '0.00',
          });
        }
        const ctx = inZone(zone, '2030-03-20T00:00:00Z');
        const last = first.add({ days: 2 });
        const ahead = {
          ...ctx,
          now: Temporal.Instant.from(`${first.subtract({ days: 5 }).toString()}T00:00:00Z`),
        };
        const { slots } = await availableSlots(ahead, {
          date_from: date,
          date_to: last.toString(),
          therapist_id: therapist,
          duration,
          step,
        });
        const offered = new Set(
          slots.map(({ date_time }) => Temporal.Instant.from(date_time).epochMilliseconds),
        );
        expect(offered.size).toBe(slots.length);
        for (const slot of slots) expect(await rulesBroken(ahead, slot, duration)).toEqual([]);
        for (const start of offered) {
          const end = start + duration * 60_000;
          for (const span of [...bookings, ...absences])
            expect(end <= span.start || span.end <= start).toBe(true);
          for (let time = start; time < end; time += 900_000) expect(worksAt(week, time, zone)).toBe(true);
        }
        // Nothing that is free is kept back: on days of 24 hours the grid is plain arithmetic.
        for (const add of [0, 1, 2]) {
          const date = first.add({ days: add });
          const midnight = date.toZonedDateTime(zone);
          if (midnight.hoursInDay !== 24) continue;
          for (const [weekday, from, to] of week) {
            if (weekday !== date.dayOfWeek) continue;
            for (let m = minute(from); m + duration <= minute(to); m += step) {
              const start = midnight.epochMilliseconds + m * 60_000;
              const end = start + duration * 60_000;
              const free = [...bookings, ...absences].every((span) => end <= span.start || span.end <= start);
              expect([date.toString(), m, offered.has(start)]).toEqual([date.toString(), m, free]);
            }
          }
        }
      },
    ),
    { numRuns: 60 },
  );
});
