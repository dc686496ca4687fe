import { and, between, eq, inArray, isNull, or, type SQL, sql } from 'drizzle-orm';
import type { Database } from '../../../db/client.ts';
import { type Days, eachDay, runsOf } from './days.ts';
import { rawFigures } from './raw.ts';
import { add, addRow, entry, type Sums, type SumsRow } from './sums.ts';
import { AMOUNTS, COUNTS, dailySummaries, summaryDays, summaryMarks } from './tables.ts';

/** What happened on some days, by therapist and by day; who or what had nothing is not among them. */
export type Figures = { byTherapist: Map<number, Sums>; byDay: Map<string, Sums> };

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
  const summed = new Set(await summedDays(db, days));
  const all = eachDay(days);
  const figures: Figures = { byTherapist: new Map(), byDay: new Map() };
  await addSummaries(db, figures, runsOf(all.filter((day) => summed.has(day))), therapistIds);
  const rest = runsOf(all.filter((day) => !summed.has(day)));
  for (const { day, therapistId, sums } of await rawFigures(db, rest, timeZone, therapistIds)) {
    add(entry(figures.byDay, day), sums);
    add(entry(figures.byTherapist, therapistId), sums);
  }
  return figures;
}

/** The days, ascending, whose summaries are up to date. */
export async function summedDays(db: Database, { from, to }: Days): Promise<string[]> {
  const rows = await db
    .select({ day: summaryDays.day })
    .from(summaryDays)
    .leftJoin(summaryMarks, eq(summaryMarks.day, summaryDays.day))
    .where(and(between(summaryDays.day, from, to), isNull(summaryMarks.id)))
    .orderBy(summaryDays.day);
  return rows.map(({ day }) => day);
}

const TOTALS = Object.fromEntries(
  [...COUNTS, ...AMOUNTS].map((key) => [key, sql`sum(${dailySummaries[key]})`]),
) as Record<keyof SumsRow, SQL<string>>;

async function addSummaries(
  db: Database,
  { byTherapist, byDay }: Figures,
  runs: readonly Days[],
  therapistIds: readonly number[] | undefined,
): Promise<void> {
  if (runs.length === 0) return;
  const where = and(
    or(...runs.map(({ from, to }) => between(dailySummaries.day, from, to))),
    therapistIds ? inArray(dailySummaries.therapistId, [0, ...therapistIds]) : undefined,
  );
  const { therapistId, day } = dailySummaries;
  const therapistRows = await db
    .select({ key: therapistId, ...TOTALS })
    .from(dailySummaries)
    .where(where)
    .groupBy(therapistId);
  for (const { key, ...row } of therapistRows) addRow(entry(byTherapist, key), row);
  const dayRows = await db
    .select({ key: day, ...TOTALS })
    .from(dailySummaries)
    .where(where)
    .groupBy(day);
  for (const { key, ...row } of dayRows) addRow(entry(byDay, key), row);
}
