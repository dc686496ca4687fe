import { and, type Column, eq, exists, gte, inArray, lt, not, or, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/mysql-core';
import type { Database } from '../../../db/client.ts';
import { endOfDay, startOfDay } from '../../../time.ts';
import { appointments } from '../../appointments/tables.ts';
import { regions } from '../../geo/tables.ts';
import { patients } from '../../patients/tables.ts';
import { dayOf, type Days, lengthOf } from './days.ts';
import { isAllSummedUp } from './roll-up.ts';
import { patientSpans } from './tables.ts';

/** Age groups by the first year of age that belongs to them; the last is open. */
export const AGE_GROUPS = [
  ['0-11', 0],
  ['12-17', 12],
  ['18-29', 18],
  ['30-44', 30],
  ['45-59', 45],
  ['60-74', 60],
  ['75+', 75],
] as const;
export const NO_AGE = 'unknown';

/** Patients of one age group and region who were treated; `fresh` of them for the first time at the clinic. */
export type Seen = {
  ageGroup: string;
  regionId: number | null;
  patients: number;
  fresh: number;
};

/** From so many days on, the first and last visits of all patients are quicker to go through than the visits. */
const LONG = 100;

type Asked = {
  db: Database;
  days: Days;
  timeZone: string;
  now: Temporal.Instant;
  therapistIds: readonly number[] | undefined;
};

/** The patients with a completed appointment on some days, each once, and where they are read from. */
export type SeenOn = Asked & {
  /** `patient_spans` knows every session that was held. */
  bySpans: boolean;
  /**
   * SELECT: whether the first appointment ever at the clinic, with whomever, is among these (`fresh`), and the first of
   * these (`firstAt`; for those that are fresh).
   */
  visitors: ReturnType<typeof visitorsBySpans | typeof visitorsByVisits>;
};

export async function seenOn(asked: Asked): Promise<SeenOn> {
  const { db, days, timeZone, now, therapistIds } = asked;
  const bySpans = await isAllSummedUp(db, now, timeZone);
  const isLong = therapistIds === undefined && lengthOf(days) >= LONG;
  const visitors = bySpans && isLong ? visitorsBySpans(asked) : visitorsByVisits(asked, bySpans);
  return { ...asked, bySpans, visitors };
}

/** The patients of {@link seenOn} in groups; ages are those of the last of the days. */
export async function seenPatients({ db, days, visitors }: SeenOn): Promise<Seen[]> {
  const age = sql<number | null>`timestampdiff(year, ${patients.birthDate}, ${days.to})`;
  const rows = await db
    .select({
      age: age.as('age'),
      regionId: patients.regionId,
      patients: sql<number>`count(*)`.mapWith(Number),
      fresh: sql<number>`coalesce(sum(${visitors.fresh}), 0)`.mapWith(Number),
    })
    .from(visitors)
    .innerJoin(patients, eq(patients.id, visitors.patientId))
    .groupBy(sql`age`, patients.regionId);
  return rows.map(({ age: years, ...row }) => ({ ...row, ageGroup: ageGroupOf(years) }));
}

/** The names of the regions that patients are from, by id. */
export async function regionNames(db: Database, seen: readonly Seen[]): Promise<ReadonlyMap<number, string>> {
  const ids = [...new Set(seen.flatMap(({ regionId }) => regionId ?? []))];
  const rows = await db
    .select({ id: regions.id, name: regions.name })
    .from(regions)
    .where(inArray(regions.id, [0, ...ids]));
  return new Map(rows.map(({ id, name }) => [id, name]));
}

/** How many of {@link seenOn} came for the first time, by day. */
export async function newByDay(seen: SeenOn): Promise<Map<string, number>> {
  const { db, days, timeZone, therapistIds } = seen;
  const fresh = seen.bySpans && therapistIds === undefined ? firstVisits(seen) : freshOnly(seen);
  const rows = await db
    .select({
      day: dayOf(fresh.firstAt, days, timeZone).as('day'),
      patients: sql<number>`count(*)`.mapWith(Number),
    })
    .from(fresh)
    .groupBy(sql`day`);
  return new Map(rows.map(({ day, patients: count }) => [day, count]));
}

const ageGroupOf = (age: number | null): string =>
  AGE_GROUPS.findLast(([, from]) => age !== null && age >= from)?.[0] ?? NO_AGE;

const boundsOf = ({ days, timeZone }: Asked) => ({
  from: startOfDay(days.from, timeZone),
  to: endOfDay(days.to, timeZone),
});

/** {@link SeenOn.visitors} who are fresh. */
function freshOnly({ db, visitors }: SeenOn) {
  const { firstAt, fresh } = visitors;
  return db.select({ firstAt }).from(visitors).where(eq(fresh, 1)).as('fresh');
}

/** The first visits ever that are on the days, off the spans alone. */
function firstVisits(asked: Asked) {
  const { from, to } = boundsOf(asked);
  const { firstAt } = patientSpans;
  return asked.db
    .select({ firstAt: sql<string>`${firstAt}`.as('first_at') })
    .from(patientSpans)
    .where(and(gte(firstAt, from), lt(firstAt, to)))
    .as('fresh');
}

const FIRST = sql<string>`min(${appointments.dateTime})`.as('first_at');

const held = (from: Temporal.Instant, to: Temporal.Instant) =>
  and(eq(appointments.status, 'completed'), gte(appointments.dateTime, from), lt(appointments.dateTime, to));

function visitorsByVisits(asked: Asked, knowsSpans: boolean) {
  const { db, therapistIds } = asked;
  const { from, to } = boundsOf(asked);
  const visitors = db
    .select({ patientId: appointments.patientId, firstAt: FIRST })
    .from(appointments)
    .where(
      and(held(from, to), therapistIds ? inArray(appointments.therapistId, [0, ...therapistIds]) : undefined),
    )
    .groupBy(appointments.patientId)
    .as('visitors');
  const was = knowsSpans
    ? wasBySpans(db, visitors.patientId, from)
    : wasByVisits(db, visitors.patientId, from);
  return db
    .select({
      patientId: visitors.patientId,
      firstAt: sql<string>`${visitors.firstAt}`.as('first_at'),
      fresh: sql<number>`${not(was)}`.as('fresh'),
    })
    .from(visitors)
    .as('seen');
}

/** EXISTS: the patient was treated before. */
const wasBySpans = (db: Database, patientId: Column, from: Temporal.Instant) =>
  exists(
    db
      .select({ one: sql`1` })
      .from(patientSpans)
      .where(and(eq(patientSpans.patientId, patientId), lt(patientSpans.firstAt, from))),
  );

function wasByVisits(db: Database, patientId: Column, from: Temporal.Instant) {
  const earlier = alias(appointments, 'earlier');
  return exists(
    db
      .select({ one: sql`1` })
      .from(earlier)
      .where(
        and(eq(earlier.patientId, patientId), lt(earlier.dateTime, from), eq(earlier.status, 'completed')),
      ),
  );
}

function visitorsBySpans(asked: Asked) {
  const { db } = asked;
  const { from, to } = boundsOf(asked);
  const { patientId, firstAt, lastAt } = patientSpans;
  const cameBetween = exists(
    db
      .select({ one: sql`1` })
      .from(appointments)
      .where(and(eq(appointments.patientId, patientId), held(from, to))),
  );
  return db
    .select({
      patientId,
      firstAt: sql<string>`${firstAt}`.as('first_at'),
      fresh: sql<number>`${gte(firstAt, from)}`.as('fresh'),
    })
    .from(patientSpans)
    .where(and(lt(firstAt, to), gte(lastAt, from), or(gte(firstAt, from), lt(lastAt, to), cameBetween)))
    .as('seen');
}
