import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { eq } from 'drizzle-orm';
import { PAYMENT_METHODS } from '../../src/modules/billing/tables.ts';
import { dailyTotals, patientSpans } from '../../src/modules/reports/statistics/tables.ts';
import { rollUp, rollUpAll } from '../../src/modules/reports/statistics/roll-up.ts';
import { verifySummaries } from '../../src/modules/reports/statistics/verify.ts';
import { specialties, therapistSpecialties } from '../../src/modules/therapists/tables.ts';
import { type Client, startTestApp, type TestApp } from '../harness.ts';
import { inventVisits, insertVisits, type Visit } from './history.ts';
import { countAppointments, countMoney, countPatients, movesOn, visitsOn, weekdayOf } from './recount.ts';

const WEEKDAYS = ['Lunes', 'Martes', 'Miércoles', 'Jueves', 'Viernes', 'Sábado', 'Domingo'];

const share = (part: number, all: number) => (all === 0 ? null : Math.round((part / all) * 1e4) / 100);

const sum = (key: string, list: Record<string, number>[]) =>
  list.reduce((total, one) => total + (one[key] ?? 0), 0);

const part = (value: number, of: number) => (of > 0 ? Math.max(0, value) / of : 0);

/** One zone without clock changes, and one whose clocks change twice in the range. */
describe.each(['America/Lima', 'America/New_York'])('in %s', (timeZone) => {
  const today = Temporal.Now.plainDateISO(timeZone);
  const day = (days: number) => today.add({ days }).toString();
  const instant = (days: number) => today.add({ days }).toZonedDateTime(timeZone).toInstant();
  const whole = { start: day(-330), end: day(20), timeZone };
  let app: TestApp;
  let boss: Client;
  let visits: Visit[];
  let therapists: number[];
  let specialtyId: number;

  beforeAll(async () => {
    app = await startTestApp({ CLINIC_TIMEZONE: timeZone });
    boss = await app.as('supervisor');
    const patients: number[] = [];
    for (let n = 0; n < 60; n++)
      patients.push(
        await app.patient({ birthDate: `${1935 + n}-11-2${n % 9}`, ...(n % 7 ? {} : { birthDate: null }) }),
      );
    therapists = [await app.therapist(), await app.therapist(), await app.therapist()];
    const [{ insertId }] = await app.services.db.insert(specialties).values({ name: 'Reflexología' });
    specialtyId = insertId;
    await app.services.db
      .insert(therapistSpecialties)
      .values(therapists.slice(0, 2).map((therapistId) => ({ therapistId, specialtyId })));
    const people = { patients: patients.slice(0, 50), therapists };
    visits = [
      ...inventVisits(people, { from: instant(-330), to: instant(20), count: 700, seed: 1 }),
      // Many on two days, so that midnights and days that are not summed up yet matter.
      ...inventVisits({ patients, therapists }, { from: instant(-2), to: instant(1), count: 60, seed: 2 }),
    ];
    await insertVisits(app, visits);
  });
  afterAll(() => app.close());

  const get = async (path: string, asked: object) => {
    const query = new URLSearchParams(asked as Record<string, string>).toString();
    const { status, json, text } = await boss.request('GET', `/api/reports/statistics/${path}?${query}`);
    if (status !== 200) throw new Error(text);
    return json;
  };

  /** Every figure of every statistic against a count of the visits themselves. */
  async function expectRight(): Promise<void> {
    const filters = [
      { query: {}, therapists: undefined },
      { query: { therapist_id: therapists[2] }, therapists: therapists.slice(2) },
      { query: { specialty_id: specialtyId }, therapists: therapists.slice(0, 2) },
    ];
    const ranges = [
      { start: whole.start, end: whole.end, group_by: 'month' },
      { start: day(-200), end: day(-40), group_by: 'week' },
      { start: day(-9), end: day(4), group_by: 'day' },
      { start: day(-1), end: day(-1), group_by: 'day' },
    ];
    for (const { query, therapists: some } of filters) {
      for (const { group_by, ...range } of ranges) {
        const asked = { ...range, timeZone, ...(some ? { therapists: some } : {}) };
        await expectAppointments(asked, { ...range, group_by, ...query });
        await expectRevenue(asked, { ...range, group_by, ...query });
        await expectPatients(asked, { ...range, group_by, ...query });
        await expectOverview(asked, { ...range, ...query });
      }
    }
  }

  type Asked = Parameters<typeof visitsOn>[1];
  type Query = { start: string; end: string; group_by: string };

  async function expectAppointments(asked: Asked, query: Query): Promise<void> {
    const json = await get('appointments/', query);
    expect(json.totals).toMatchObject(countAppointments(visitsOn(visits, asked)));
    const { completed, no_show, booked_minutes, offered_minutes } = json.totals;
    expect(json.totals.no_show_rate).toBe(share(no_show, completed + no_show));
    expect(json.totals.occupancy).toBe(share(booked_minutes, offered_minutes));
    for (const { period, from, to: _, ...figures } of json.series) {
      expect(from >= query.start).toBe(true);
      expect(figures).toMatchObject(countAppointments(visitsOn(visits, asked, period, query.group_by)));
    }
    for (const { id, name, ...figures } of json.therapists) {
      expect(name).toContain('Julio');
      expect(figures).toMatchObject(countAppointments(visitsOn(visits, { ...asked, therapists: [id] })));
    }
    for (const key of ['total', 'booked_minutes', 'offered_minutes']) {
      expect(sum(key, json.series)).toBe(json.totals[key]);
      expect(sum(key, json.therapists)).toBe(json.totals[key]);
    }
    const length = Temporal.PlainDate.from(query.start).until(query.end).days + 1;
    const earlier = {
      start: Temporal.PlainDate.from(query.start).subtract({ days: length }).toString(),
      end: Temporal.PlainDate.from(query.start).subtract({ days: 1 }).toString(),
    };
    const past = countAppointments(visitsOn(visits, { ...asked, ...earlier }));
    expect(json.previous).toMatchObject({ ...earlier, ...past });
    expect(json.change_percent.total).toBe(
      past.total === 0 ? null : Math.round(((json.totals.total - past.total) / past.total) * 1e4) / 100,
    );
  }

  async function expectRevenue(asked: Asked, query: Query): Promise<void> {
    const json = await get('revenue/', query);
    const moves = movesOn(visits, asked);
    expect(json.totals).toEqual(countMoney(moves));
    for (const { period, from: _, to: __, ...figures } of json.series)
      expect(figures).toEqual(countMoney(movesOn(visits, asked, period, query.group_by)));
    for (const { id, name: _, ...figures } of json.therapists)
      expect(figures).toEqual(countMoney(movesOn(visits, { ...asked, therapists: [id] })));
    expect(json.by_method).toEqual(
      PAYMENT_METHODS.map((method) => {
        const { payments, net } = countMoney(moves.filter((one) => one.method === method));
        return { method, payments, net };
      }),
    );
  }

  async function expectPatients(asked: Asked, query: Query): Promise<void> {
    const json = await get('patients/', query);
    expect(json.totals).toEqual(countPatients(visits, asked));
    for (const list of [json.age_groups, json.regions, json.series]) {
      expect(list.reduce((total: number, one: { new: number }) => total + one.new, 0)).toBe(json.totals.new);
    }
    const groups = json.age_groups.reduce(
      (total: number, one: { patients: number }) => total + one.patients,
      0,
    );
    expect(groups).toBe(json.totals.patients);
    for (const { period, sessions } of json.series) {
      expect(sessions).toBe(countAppointments(visitsOn(visits, asked, period, query.group_by)).completed);
    }
  }

  async function expectOverview(asked: Asked, query: object): Promise<void> {
    const json = await get('', query);
    const held = visitsOn(visits, asked).filter(({ status }) => status === 'completed');
    const moves = movesOn(visits, asked);
    const net = (some: typeof moves) => Number(countMoney(some).net);
    const people = countPatients(visits, asked);
    expect(Object.keys(json)).toEqual([
      'terapeutas',
      'tipos_pago',
      'metricas',
      'ingresos',
      'sesiones',
      'tipos_pacientes',
    ]);
    expect(json.metricas).toEqual({
      ttlpacientes: people.patients,
      ttlsesiones: held.length,
      ttlganancias: net(moves),
    });
    expect(json.tipos_pacientes).toEqual({ c: people.new, cc: people.returning });
    expect(json.tipos_pago).toEqual(
      Object.fromEntries(
        PAYMENT_METHODS.map((method) => [
          method,
          moves.filter((one) => one.method === method && one.cents > 0).length,
        ]),
      ),
    );
    for (const [i, name] of WEEKDAYS.entries()) {
      expect(json.sesiones[name]).toBe(held.filter(({ at }) => weekdayOf(at, timeZone) === i + 1).length);
      expect(json.ingresos[name]).toBe(net(moves.filter(({ at }) => weekdayOf(at, timeZone) === i + 1)));
    }
    const rows = (asked.therapists ?? therapists).map((id) => ({
      id,
      sesiones: held.filter((visit) => visit.therapistId === id).length,
      ingresos: net(moves.filter((one) => one.therapistId === id)),
    }));
    expect(json.terapeutas).toHaveLength(rows.length);
    const mean = (key: 'sesiones' | 'ingresos') => rows.reduce((sum, row) => sum + row[key], 0) / rows.length;
    const scores = rows.map(
      (row) => 0.7 * part(row.sesiones, mean('sesiones')) + 0.3 * part(row.ingresos, mean('ingresos')),
    );
    for (const [i, row] of rows.entries()) {
      const told = json.terapeutas.find((one: { id: number }) => one.id === row.id);
      expect(told).toMatchObject(row);
      const best = Math.max(...scores);
      expect(told.raiting).toBeCloseTo(best > 0 ? ((scores[i] ?? 0) / best) * 5 : 0, 1);
    }
  }

  test('every figure is right before anything is summed up', expectRight, 60_000);

  test('and when some days are', async () => {
    expect(await rollUp(app.ctx())).toBe(31);
    await expectRight();
  }, 60_000);

  test('and when all are, up to the day before yesterday', async () => {
    await rollUpAll(app.ctx());
    expect(await rollUp(app.ctx())).toBe(0);
    const days = await app.services.db.select().from(dailyTotals);
    expect(
      days
        .map((one) => one.day)
        .toSorted()
        .at(-1),
    ).toBe(day(-2));
    expect(await verifySummaries(app.services, timeZone, { from: day(-400), to: whole.end })).toEqual({
      compared: days.length,
      wrong: [],
    });
    // The sessions of the days that wait were put in past the service, which would have noted them.
    for (const { patientId, at, status } of visits) {
      if (status !== 'completed') continue;
      const [span] = await app.services.db
        .select()
        .from(patientSpans)
        .where(eq(patientSpans.patientId, patientId));
      if (!span || Temporal.Instant.compare(span.lastAt, at) < 0) {
        await app.services.db
          .insert(patientSpans)
          .values({ patientId, firstAt: at, lastAt: at })
          .onDuplicateKeyUpdate({ set: { lastAt: at } });
      }
    }
    await expectRight();
  }, 60_000);
});
