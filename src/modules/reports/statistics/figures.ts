import { and, between, eq, getTableColumns, inArray, isNull, or, sql } from 'drizzle-orm';
import type { Database } from '../../../db/client.ts';
import { type Days, eachDay, lastOfMonth, monthOf, runsOf } from './days.ts';
import { type DayFigures, rawFigures } from './raw.ts';
import { add, addRow, entry, noSums, type Sums, type SumsRow } from './sums.ts';
import { AMOUNTS, COUNTS, dailySummaries, dailyTotals, monthlySummaries, summaryMarks } from './tables.ts';

type ByDay = Map<string, Sums>;
type ByTherapist = Map<number, Sums>;

/** What happened on some days, by therapist and by day; who or what had nothing need not be among them. */
export type Figures = { byTherapist: ByTherapist; byDay: ByDay };

type Asked = { db: Database; days: Days; timeZone: string; therapistIds: readonly number[] | undefined };

/** What is read once: the totals of the days that are summed up, and the figures of the others. */
type Read = { summed: ByDay; others: readonly DayFigures[] };

/**
 * The figures of some days, of some therapists or of all: read from the summaries where they are up to date and from
 * the appointments and the ledger otherwise, so they are right at any moment. `db` is a snapshot's handle.
 */
export async function figuresOf(
  db: Database,
  days: Days,
  timeZone: string,
  therapistIds?: readonly number[],
): Promise<Figures> {
  const asked = { db, days, timeZone, therapistIds };
  const read = await readDays(asked);
  return { byTherapist: await therapistFigures(asked, read), byDay: await dayFigures(asked, read) };
}

/** {@link figuresOf} by day alone, which takes a fraction of the time. */
export async function figuresByDay(
  db: Database,
  days: Days,
  timeZone: string,
  therapistIds?: readonly number[],
): Promise<ByDay> {
  const asked = { db, days, timeZone, therapistIds };
  return dayFigures(asked, await readDays(asked));
}

async function readDays({ db, days, timeZone, therapistIds }: Asked): Promise<Read> {
  const summed = await summedDays(db, days);
  const rest = runsOf(eachDay(days).filter((day) => !summed.has(day)));
  return { summed, others: await rawFigures(db, rest, timeZone, therapistIds) };
}

const { madeAt: _, ...TOTALS_OF_DAY } = getTableColumns(dailyTotals);

/** The days, ascending, whose summaries are up to date, with the totals of the clinic. */
export async function summedDays(db: Database, { from, to }: Days): Promise<ByDay> {
  const rows = await db
    .select(TOTALS_OF_DAY)
    .from(dailyTotals)
    .leftJoin(summaryMarks, eq(summaryMarks.day, dailyTotals.day))
    .where(and(between(dailyTotals.day, from, to), isNull(summaryMarks.id)))
    .orderBy(dailyTotals.day);
  return new Map(rows.map(({ day, ...row }) => [day, sumsOf(row)]));
}

const sumsOf = (row: SumsRow): Sums => {
  const sums = noSums();
  addRow(sums, row);
  return sums;
};

async function dayFigures({ db, therapistIds }: Asked, { summed, others }: Read): Promise<ByDay> {
  const byDay = therapistIds === undefined ? new Map(summed) : await theirDays(db, summed, therapistIds);
  for (const { day, sums } of others) add(entry(byDay, day), sums);
  return byDay;
}

type Summaries = typeof dailySummaries | typeof monthlySummaries;

/** The sums of all figures, to be selected. */
export const totalsIn = (table: Summaries) =>
  Object.fromEntries([...COUNTS, ...AMOUNTS].map((key) => [key, sql`sum(${table[key]})`])) as Record<
    keyof SumsRow,
    ReturnType<typeof sql<string>>
  >;

const onDaysOf = (days: readonly string[]) =>
  or(...runsOf(days).map(({ from, to }) => between(dailySummaries.day, from, to))) ?? sql`false`;

const ofThem = ({ therapistId }: Summaries, therapistIds: readonly number[] | undefined) =>
  therapistIds && inArray(therapistId, [0, ...therapistIds]);

async function theirDays(db: Database, summed: ByDay, therapistIds: readonly number[]): Promise<ByDay> {
  const rows = await db
    .select({ day: dailySummaries.day, ...totalsIn(dailySummaries) })
    .from(dailySummaries)
    .where(and(onDaysOf([...summed.keys()]), ofThem(dailySummaries, therapistIds)))
    .groupBy(dailySummaries.day);
  return new Map(rows.map(({ day, ...row }) => [day, sumsOf(row)]));
}

/** By whole months as far as they go. */
async function therapistFigures({ db, therapistIds }: Asked, { summed, others }: Read): Promise<ByTherapist> {
  const { months, days } = splitMonths(summed);
  const byTherapist: ByTherapist = new Map();
  for (const { table, where } of [
    { table: monthlySummaries, where: inArray(monthlySummaries.month, [NEVER, ...months]) },
    { table: dailySummaries, where: onDaysOf(days) },
  ]) {
    const rows = await db
      .select({ therapistId: table.therapistId, ...totalsIn(table) })
      .from(table)
      .where(and(where, ofThem(table, therapistIds)))
      .groupBy(table.therapistId);
    for (const { therapistId, ...row } of rows) addRow(entry(byTherapist, therapistId), row);
  }
  for (const { therapistId, sums } of others) add(entry(byTherapist, therapistId), sums);
  return byTherapist;
}

/** Among the months, so that there is one. */
const NEVER = '1000-01-01';

/** The months (their first days) all of whose days are there, and the days of the others. */
export function splitMonths(summed: ByDay): { months: string[]; days: string[] } {
  const months: string[] = [];
  const days: string[] = [];
  for (const [month, own] of Map.groupBy(summed.keys(), monthOf)) {
    if (own.length === Number(lastOfMonth(month).slice(-2))) months.push(month);
    else days.push(...own);
  }
  return { months, days };
}
