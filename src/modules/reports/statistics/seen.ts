import { and, eq, gte, inArray, lt, notExists, or, type SQL, sql } from 'drizzle-orm';
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
  region: string | null;
  patients: number;
  fresh: number;
};

/** From so many days on, the first and last visits of all patients are quicker to go through than the visits. */
const LONG = 100;

/**
 * SELECT of the patients with a completed appointment on the days, each once: whether the first one ever at the clinic,
 * with whomever, is among these (`fresh`), and the first of these (`firstAt`; for those that are fresh).
 */
export async function seenOn(
  db: Database,
  days: Days,
  timeZone: string,
  now: Temporal.Instant,
  therapistIds?: readonly number[],
) {
  const from = startOfDay(days.from, timeZone);
  const to = endOfDay(days.to, timeZone);
  const bySpans =
    therapistIds === undefined && lengthOf(days) >= LONG && (await isAllSummedUp(db, now, timeZone));
  return bySpans ? seenBySpans(db, from, to) : seenByVisits(db, from, to, therapistIds);
}

type SeenOn = Awaited<ReturnType<typeof seenOn>>;

/** The patients of {@link seenOn} in groups; ages are those of the last of the days. */
export async function seenPatients(db: Database, seen: SeenOn, lastDay: string): Promise<Seen[]> {
  return db
    .select({
      ageGroup: ageGroupAt(lastDay).as('age_group'),
      regionId: patients.regionId,
      region: regions.name,
      patients: sql<number>`count(*)`.mapWith(Number),
      fresh: sql<number>`coalesce(sum(${seen.fresh}), 0)`.mapWith(Number),
    })
    .from(seen)
    .innerJoin(patients, eq(patients.id, seen.patientId))
    .leftJoin(regions, eq(regions.id, patients.regionId))
    .groupBy(sql`age_group`, patients.regionId, regions.name);
}

/** How many of {@link seenOn} came for the first time, by day. */
export async function newByDay(
  db: Database,
  seen: SeenOn,
  days: Days,
  timeZone: string,
): Promise<Map<string, number>> {
  const rows = await db
    .select({
      day: dayOf(seen.firstAt, days, timeZone).as('day'),
      patients: sql<number>`count(*)`.mapWith(Number),
    })
    .from(seen)
    .where(eq(seen.fresh, 1))
    .groupBy(sql`day`);
  return new Map(rows.map(({ day, patients: count }) => [day, count]));
}

function ageGroupAt(day: string): SQL<string> {
  const age = sql`timestampdiff(year, ${patients.birthDate}, ${day})`;
  const cases = AGE_GROUPS.toReversed().map(([name, from]) => sql`when ${age} >= ${from} then ${name}`);
  return sql<string>`case ${sql.join(cases, sql` `)} else ${NO_AGE} end`;
}

const FIRST = sql<string>`min(${appointments.dateTime})`.as('first_at');

const held = (from: Temporal.Instant, to: Temporal.Instant) =>
  and(eq(appointments.status, 'completed'), gte(appointments.dateTime, from), lt(appointments.dateTime, to));

function seenByVisits(
  db: Database,
  from: Temporal.Instant,
  to: Temporal.Instant,
  therapistIds: readonly number[] | undefined,
) {
  const visitors = db
    .select({ patientId: appointments.patientId, firstAt: FIRST })
    .from(appointments)
    .where(
      and(held(from, to), therapistIds ? inArray(appointments.therapistId, [0, ...therapistIds]) : undefined),
    )
    .groupBy(appointments.patientId)
    .as('visitors');
  const earlier = alias(appointments, 'earlier');
  const isNew = notExists(
    db
      .select({ one: sql`1` })
      .from(earlier)
      .where(
        and(
          eq(earlier.patientId, visitors.patientId),
          lt(earlier.dateTime, from),
          eq(earlier.status, 'completed'),
        ),
      ),
  );
  return db
    .select({
      patientId: visitors.patientId,
      firstAt: sql<string>`${visitors.firstAt}`.as('first_at'),
      fresh: sql<number>`${isNew}`.as('fresh'),
    })
    .from(visitors)
    .as('seen');
}

function seenBySpans(db: Database, from: Temporal.Instant, to: Temporal.Instant) {
  const { patientId, firstAt, lastAt } = patientSpans;
  const cameBetween = sql`exists (${db
    .select({ one: sql`1` })
    .from(appointments)
    .where(and(eq(appointments.patientId, patientId), held(from, to)))})`;
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
