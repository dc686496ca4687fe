import { and, type Column, eq, exists, gte, inArray, lt, not, or, type SQL, sql } from 'drizzle-orm';
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
export type Seen = { ageGroup: string; regionId: number | null; patients: number; fresh: number };

type Asked = {
  db: Database;
  days: Days;
  timeZone: string;
  now: Temporal.Instant;
  therapistIds: readonly number[] | undefined;
};

/**
 * The patients with a completed appointment on some days, each once (`visitors`), and those of them whose first one ever
 * at the clinic, with whomever, is among these (`newcomers`), with its start: two SELECTs to read from.
 */
export type SeenOn = Asked & {
  visitors: ReturnType<typeof visitorsBySpans | typeof visitorsByVisits>;
  newcomers: ReturnType<typeof newcomersBySpans | typeof newcomersByVisits>;
};

/** From so many days on, the first and last visits of all patients are quicker to go through than the visits. */
const LONG = 100;

export async function seenOn(asked: Asked): Promise<SeenOn> {
  const { db, days, timeZone, now, therapistIds } = asked;
  const knowsSpans = await isAllSummedUp(db, now, timeZone);
  if (!knowsSpans || therapistIds !== undefined)
    return { ...asked, visitors: visitorsByVisits(asked), newcomers: newcomersByVisits(asked, knowsSpans) };
  const visitors = lengthOf(days) >= LONG ? visitorsBySpans(asked) : visitorsByVisits(asked);
  return { ...asked, visitors, newcomers: newcomersBySpans(asked) };
}

/** How many there are. */
export async function seenTotals({ db, visitors, newcomers }: SeenOn) {
  const total = { patients: sql<number>`count(*)`.mapWith(Number) };
  const [seen] = await db.select(total).from(visitors);
  const [fresh] = await db.select(total).from(newcomers);
  return { patients: seen?.patients ?? 0, fresh: fresh?.patients ?? 0 };
}

/** The same in groups; ages are those of the last of the days. */
export async function seenPatients({ db, days, visitors, newcomers }: SeenOn): Promise<Seen[]> {
  const groups = new Map<string, Seen>();
  const group = ({ age, regionId }: Group): Seen => {
    const ageGroup = ageGroupOf(age);
    const key = `${ageGroup} ${regionId}`;
    const known = groups.get(key) ?? { ageGroup, regionId, patients: 0, fresh: 0 };
    groups.set(key, known);
    return known;
  };
  for (const row of await groupsOf(db, visitors, days.to)) group(row).patients += row.patients;
  for (const row of await groupsOf(db, newcomers, days.to)) group(row).fresh += row.patients;
  return [...groups.values()];
}

type Group = Awaited<ReturnType<typeof groupsOf>>[number];

const groupsOf = (db: Database, people: SeenOn['visitors' | 'newcomers'], day: string) =>
  db
    .select({
      age: sql<number | null>`timestampdiff(year, ${patients.birthDate}, ${day})`.as('age'),
      regionId: patients.regionId,
      patients: sql<number>`count(*)`.mapWith(Number),
    })
    .from(people)
    .innerJoin(patients, eq(patients.id, people.patientId))
    .groupBy(sql`age`, patients.regionId);

const ageGroupOf = (age: number | null): string =>
  AGE_GROUPS.findLast(([, from]) => age !== null && age >= from)?.[0] ?? NO_AGE;

/** The names of the regions that patients are from, by id. */
export async function regionNames(db: Database, seen: readonly Seen[]): Promise<ReadonlyMap<number, string>> {
  const ids = [...new Set(seen.flatMap(({ regionId }) => regionId ?? []))];
  const rows = await db
    .select({ id: regions.id, name: regions.name })
    .from(regions)
    .where(inArray(regions.id, [0, ...ids]));
  return new Map(rows.map(({ id, name }) => [id, name]));
}

/** How many of the newcomers came first on which day. */
export async function newByDay({ db, days, timeZone, newcomers }: SeenOn): Promise<Map<string, number>> {
  const rows = await db
    .select({
      day: dayOf(newcomers.firstAt, days, timeZone).as('day'),
      patients: sql<number>`count(*)`.mapWith(Number),
    })
    .from(newcomers)
    .groupBy(sql`day`);
  return new Map(rows.map(({ day, patients: count }) => [day, count]));
}

const boundsOf = ({ days, timeZone }: Asked) => ({
  from: startOfDay(days.from, timeZone),
  to: endOfDay(days.to, timeZone),
});

/** WHERE: an appointment that was held on the days, with one of the therapists. */
function held(asked: Asked): SQL | undefined {
  const { from, to } = boundsOf(asked);
  const { status, dateTime, therapistId } = appointments;
  return and(
    eq(status, 'completed'),
    gte(dateTime, from),
    lt(dateTime, to),
    asked.therapistIds && inArray(therapistId, [0, ...asked.therapistIds]),
  );
}

const visitorsByVisits = (asked: Asked) =>
  asked.db
    .selectDistinct({ patientId: appointments.patientId })
    .from(appointments)
    .where(held(asked))
    .as('visitors');

function newcomersByVisits(asked: Asked, knowsSpans: boolean) {
  const { db } = asked;
  const { from } = boundsOf(asked);
  const first = db
    .select({
      patientId: appointments.patientId,
      firstAt: sql<string>`min(${appointments.dateTime})`.as('first_at'),
    })
    .from(appointments)
    .where(held(asked))
    .groupBy(appointments.patientId)
    .as('first');
  const { patientId, firstAt } = first;
  const was = knowsSpans ? cameBySpans(db, patientId, from) : cameByVisits(db, patientId, from);
  return db
    .select({ patientId, firstAt: sql<string>`${firstAt}`.as('first_at') })
    .from(first)
    .where(not(was))
    .as('newcomers');
}

/** EXISTS: the patient was treated before. */
const cameBySpans = (db: Database, patientId: Column, from: Temporal.Instant) =>
  exists(
    db
      .select({ one: sql`1` })
      .from(patientSpans)
      .where(and(eq(patientSpans.patientId, patientId), lt(patientSpans.firstAt, from))),
  );

function cameByVisits(db: Database, patientId: Column, from: Temporal.Instant) {
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
      .where(and(eq(appointments.patientId, patientId), held(asked))),
  );
  return db
    .select({ patientId })
    .from(patientSpans)
    .where(and(lt(firstAt, to), gte(lastAt, from), or(gte(firstAt, from), lt(lastAt, to), cameBetween)))
    .as('visitors');
}

function newcomersBySpans(asked: Asked) {
  const { from, to } = boundsOf(asked);
  const { patientId, firstAt } = patientSpans;
  return asked.db
    .select({ patientId, firstAt: sql<string>`${firstAt}`.as('first_at') })
    .from(patientSpans)
    .where(and(gte(firstAt, from), lt(firstAt, to)))
    .as('newcomers');
}
