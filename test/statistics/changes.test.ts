import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { asc, eq, sql } from 'drizzle-orm';
import { tickets } from '../../src/modules/billing/tables.ts';
import { forgetSummaries, rollUp, rollUpAll } from '../../src/modules/reports/statistics/roll-up.ts';
import {
  dailySummaries,
  dailyTotals,
  monthlySummaries,
  patientSpans,
  summaryMarks,
} from '../../src/modules/reports/statistics/tables.ts';
import { verifySummaries } from '../../src/modules/reports/statistics/verify.ts';
import { at, book, day, existing, freeTime } from '../appointments/clinic.ts';
import { type Client, startTestApp, type TestApp } from '../harness.ts';

let app: TestApp;
let admin: Client;
let therapistId: number;

beforeAll(async () => {
  app = await startTestApp();
  admin = await app.as('administrator');
  therapistId = await app.therapist();
});
afterAll(() => app.close());

const marks = async () =>
  (await app.services.db.select().from(summaryMarks).orderBy(asc(summaryMarks.id))).map((one) => one.day);
const LONG_AGO = { from: day(-400), to: day(0) };
const verify = () => verifySummaries(app.services, app.config.timeZone, LONG_AGO);
const totals = async (days: number, path = 'appointments') =>
  (await admin.request('GET', `/api/reports/statistics/${path}/?start=${day(days)}&end=${day(days)}`)).json
    .totals;

/** An appointment in the past that nobody has closed, on a day that is summed up. */
async function forgotten(days: number, fields = {}) {
  const id = await existing(app, {
    patientId: await app.patient(),
    therapistId,
    starts: at(days, '10:00'),
    status: 'confirmed',
    ...fields,
  });
  await forgetSummaries(app.ctx());
  await rollUpAll(app.ctx());
  return id;
}

describe('what happens on a day that was summed up', () => {
  test('shows at once when an appointment is closed late, and the day is then summed up anew', async () => {
    const id = await forgotten(-5);
    expect(await totals(-5)).toMatchObject({ total: 1, confirmed: 1, completed: 0 });
    const path = `/api/appointments/${id}/status/`;
    expect((await admin.request('PATCH', path, { body: { status: 'completed' } })).status).toBe(200);
    expect(await marks()).toEqual([day(-5)]);
    expect(await totals(-5)).toMatchObject({ total: 1, confirmed: 0, completed: 1 });
    expect(await totals(-5, 'patients')).toMatchObject({ patients: 1, new: 1, sessions: 1 });
    expect((await verify()).wrong).toEqual([]);
    expect(await rollUp(app.ctx())).toBe(1);
    expect(await marks()).toEqual([]);
    expect(await totals(-5)).toMatchObject({ total: 1, confirmed: 0, completed: 1 });
    expect((await verify()).wrong).toEqual([]);
  });

  test('shows when an appointment leaves the day', async () => {
    const id = await forgotten(-6);
    const body = { date_time: freeTime() };
    expect((await admin.request('PUT', `/api/appointments/${id}/`, { body })).status).toBe(200);
    expect(await marks()).toEqual([day(-6)]);
    expect(await totals(-6)).toMatchObject({ total: 0 });
    await rollUpAll(app.ctx());
    expect(await totals(-6)).toMatchObject({ total: 0 });
  });

  test('shows when another therapist takes over what was paid for', async () => {
    const other = await app.therapist();
    const id = await existing(app, { patientId: await app.patient(), therapistId, starts: freeTime() });
    const [ticket] = await app.services.db.select().from(tickets).where(eq(tickets.appointmentId, id));
    const paid = `/api/appointments/tickets/${ticket?.id}/pay/`;
    expect((await admin.request('POST', paid, { body: { payment_method: 'yape' } })).status).toBe(200);
    // As if it had been paid a week ago.
    await app.services.db.execute(sql`update payments set paid_at = paid_at - interval 7 day`);
    await forgetSummaries(app.ctx());
    await rollUpAll(app.ctx());
    const incomeOf = async (therapist: number) => {
      const query = `start=${day(-7)}&end=${day(-7)}&therapist_id=${therapist}`;
      return (await admin.request('GET', `/api/reports/statistics/revenue/?${query}`)).json.totals.net;
    };
    expect([await incomeOf(therapistId), await incomeOf(other)]).toEqual(['50.00', '0.00']);
    const body = { therapist_id: other };
    expect((await admin.request('PUT', `/api/appointments/${id}/`, { body })).status).toBe(200);
    expect([await incomeOf(therapistId), await incomeOf(other)]).toEqual(['0.00', '50.00']);
    await rollUpAll(app.ctx());
    expect([await incomeOf(therapistId), await incomeOf(other)]).toEqual(['0.00', '50.00']);
  });
});

test('a booking marks nothing: the days to come are not summed up', async () => {
  const before = await marks();
  const body = { patient_id: await app.patient(), therapist_id: therapistId, date_time: freeTime() };
  expect((await book(admin, body)).status).toBe(201);
  expect(await marks()).toEqual(before);
});

test('the check names the day whose summary is wrong', async () => {
  await forgotten(-8);
  expect((await verify()).wrong).toEqual([]);
  await app.services.db
    .update(dailySummaries)
    .set({ confirmed: 7 })
    .where(eq(dailySummaries.day, day(-8)));
  expect((await verify()).wrong).toEqual([day(-8)]);
  await app.services.db.delete(dailySummaries).where(eq(dailySummaries.day, day(-8)));
  expect((await verify()).wrong).toEqual([day(-8)]);
  await forgetSummaries(app.ctx());
  await rollUpAll(app.ctx());
  expect((await verify()).wrong).toEqual([]);
});

test('two instances sum up at the same time, each day once', async () => {
  await forgetSummaries(app.ctx());
  const counts = await Promise.all([1, 2, 3].map(() => rollUp(app.ctx())));
  expect(counts.filter((days) => days > 0).length).toBe(1);
  expect((await verify()).wrong).toEqual([]);
});

test('the check names the day whose total, and the month whose sum, is wrong', async () => {
  const { db } = app.services;
  await forgotten(-100);
  await forgotten(-70);
  expect((await verify()).wrong).toEqual([]);
  await db
    .update(dailyTotals)
    .set({ confirmed: 7 })
    .where(eq(dailyTotals.day, day(-8)));
  expect((await verify()).wrong).toEqual([day(-8)]);
  await forgetSummaries(app.ctx());
  await rollUpAll(app.ctx());
  const month = `${day(-70).slice(0, 7)}-01`;
  await db.update(monthlySummaries).set({ confirmed: 7 }).where(eq(monthlySummaries.month, month));
  expect((await verify()).wrong).toEqual([month]);
  await db.insert(summaryMarks).values({ day: day(-70) });
  await rollUpAll(app.ctx());
  expect((await verify()).wrong).toEqual([]);
});

const seenBy = async (therapist: number) => {
  const query = `start=${day(-25)}&end=${day(-15)}&therapist_id=${therapist}`;
  return (await admin.request('GET', `/api/reports/statistics/patients/?${query}`)).json.totals;
};

test('a patient is new once, whatever the therapist', async () => {
  const other = await app.therapist();
  const patientId = await app.patient();
  for (const [days, who] of [
    [-30, therapistId],
    [-20, other],
  ] as const) {
    const starts = at(days, '11:00');
    const id = await existing(app, { patientId, therapistId: who, starts, status: 'confirmed' });
    const path = `/api/appointments/${id}/status/`;
    expect((await admin.request('PATCH', path, { body: { status: 'completed' } })).status).toBe(200);
  }
  const [span] = await app.services.db
    .select()
    .from(patientSpans)
    .where(eq(patientSpans.patientId, patientId));
  expect([span?.firstAt, span?.lastAt].map(String)).toEqual(
    [at(-30, '11:00'), at(-20, '11:00')].map((one) => Temporal.Instant.from(one).toString()),
  );
  expect(await seenBy(other)).toMatchObject({ patients: 1, new: 0, returning: 1 });
  expect(await seenBy(therapistId)).toMatchObject({ patients: 0 });
});

describe('a range', () => {
  test.each([
    ['', ['start', 'end']],
    [`start=${day(0)}&end=${day(-1)}`, ['end']],
    ['start=2010-01-01&end=2026-01-01', ['end']],
    [`start=${day(0)}&end=${day(0)}&group_by=year`, ['group_by']],
    [`start=${day(0)}&end=${day(0)}&therapist_id=0`, ['therapist_id']],
  ])('%p is refused', async (query, fields) => {
    const { status, json } = await admin.request('GET', `/api/reports/statistics/revenue/?${query}`);
    expect([status, Object.keys(json.details)]).toEqual([400, fields]);
  });

  test('and the answers tell nothing of any patient', async () => {
    for (const path of ['', 'appointments/', 'patients/', 'revenue/']) {
      const { text } = await admin.request(
        'GET',
        `/api/reports/statistics/${path}?start=${day(-60)}&end=${day(0)}`,
      );
      expect(text).not.toContain('Rosa');
      expect(text).not.toContain('+51');
    }
  });
});
