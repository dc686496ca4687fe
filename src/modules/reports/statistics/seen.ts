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

type Newcomers = ReturnType<typeof newcomersBySpans | typeof newcomersByVisits>;

/** A SELECT of people to read from, and which figures count them. */
type Part = {
  people: ReturnType<typeof visitorsBySpans | typeof visitorsByVisits> | Newcomers;
  patients: SQL<number>;
  fresh: SQL<number>;
};

/**
 * The patients with a completed appointment on some days, each once, and those of them whose first one ever at the
 * clinic, with whomever, is among these (`newcomers`), with its start.
 */
export type SeenOn = Asked & { parts: Part[]; newcomers: Newcomers };

/** From so many days on, the first and last visits of all patients are quicker to go through than the visits, … */
const LONG = 100;
/** … unless so many came both before and after: for these the visits between have to be looked for. */
const MOST_LOOKED_FOR = 20_000;

const ALL = sql<number>`count(*)`.mapWith(Number);
const NONE = sql<number>`0`.mapWith(Number);

export async function seenOn(asked: Asked): Promise<SeenOn> {
  const { db, days, timeZone, now, therapistIds } = asked;
  const knowsSpans = await isAllSummedUp(db, now, timeZone);
  const bySpans = knowsSpans && therapistIds === undefined;
  const newcomers = bySpans ? newcomersBySpans(asked) : newcomersByVisits(asked, knowsSpans);
  if (bySpans && lengthOf(days) >= LONG && (await countAround(asked)) <= MOST_LOOKED_FOR) {
    const people = visitorsBySpans(asked);
    const fresh = sql<number>`coalesce(sum(${people.isNew}), 0)`.mapWith(Number);
    return { ...asked, newcomers, parts: [{ people, patients: ALL, fresh }] };
  }
  const parts = [
    { people: visitorsByVisits(asked), patients: ALL, fresh: NONE },
    { people: newcomers, patients: NONE, fresh: ALL },
  ];
  return { ...asked, newcomers, parts };
}

/** How many there are. */
export async function seenTotals({ db, parts }: SeenOn) {
  const total = { patients: 0, fresh: 0 };
  for (const { people, ...figures } of parts) {
    const [row] = await db.select(figures).from(people);
    total.patients += row?.patients ?? 0;
    total.fresh += row?.fresh ?? 0;
  }
  return total;
}

/** The same in groups; ages are those of the last of the days. */
export async function seenPatients({ db, days, parts }: SeenOn): Promise<Seen[]> {
  const groups = new Map<string, Seen>();
  for (const { people, ...figures } of parts) {
    const rows = await db
      .select({
        age: sql<number | null>`timestampdiff(year, ${patients.birthDate}, ${days.to})`.as('age'),
        regionId: patients.regionId,
        ...figures,
      })
      .from(people)
      // Everybody is there; the join's side has the database begin with these people.
      .leftJoin(patients, eq(patients.id, people.patientId))
      .groupBy(sql`age`, patients.regionId);
    for (const { age, regionId, ...row } of rows) {
      const ageGroup = ageGroupOf(age);
      const key = `${ageGroup} ${regionId}`;
      const group = groups.get(key) ?? { ageGroup, regionId, patients: 0, fresh: 0 };
      groups.set(key, group);
      group.patients += row.patients;
      group.fresh += row.fresh;
    }
  }
  return [...groups.values()];
}

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

/** The index that holds all that is asked of a day's visits; the one on the state looks cheaper to the database. */
const COVERING = { forceIndex: 'appointments_date_time' } as const;

const visitorsByVisits = (asked: Asked) =>
  asked.db
    .selectDistinct({ patientId: appointments.patientId })
    .from(appointments, asked.therapistIds ? {} : COVERING)
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

/** How many patients were treated both before and after the days. */
async function countAround(asked: Asked): Promise<number> {
  const { from, to } = boundsOf(asked);
  const [row] = await asked.db
    .select({ patients: ALL })
    .from(patientSpans)
    .where(and(lt(patientSpans.firstAt, from), gte(patientSpans.lastAt, to)));
  return row?.patients ?? 0;
}

function visitorsBySpans(asked: Asked) {
  const { db } = asked;
  const { from, to } = boundsOf(asked);
  const { patientId, firstAt, lastAt } = patientSpans;
  // With a limit it is looked up for the few that it is asked of; without, all visits of the days are read first.
  const cameBetween = exists(
    db
      .select({ one: sql`1` })
      .from(appointments)
      .where(and(eq(appointments.patientId, patientId), held(asked)))
      .limit(1),
  );
  return db
    .select({ patientId, isNew: sql<number>`${gte(firstAt, from)}`.as('is_new') })
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
