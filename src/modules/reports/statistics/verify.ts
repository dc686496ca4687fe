import { between, eq } from 'drizzle-orm';
import type { Database, DatabasePool } from '../../../db/client.ts';
import { type Days, lastOfMonth, runsOf } from './days.ts';
import { splitMonths, summedDays, totalsIn } from './figures.ts';
import { rawFigures } from './raw.ts';
import { add, addRow, entry, noSums, type Sums, type SumsRow } from './sums.ts';
import { dailySummaries, monthlySummaries } from './tables.ts';

const BATCH = 31;

/**
 * Compares the summaries of some days with the appointments and the ledger, and those of the months with their days.
 * Returns the days that differ (of a month, its first), and how many were compared: those that are summed up and have
 * no mark.
 */
export async function verifySummaries(
  { snapshot }: Pick<DatabasePool, 'snapshot'>,
  timeZone: string,
  days: Days,
): Promise<{ compared: number; wrong: string[] }> {
  const all = await snapshot((db) => summedDays(db, days));
  const wrong = new Set<string>();
  const summed = [...all.keys()];
  for (let from = 0; from < summed.length; from += BATCH) {
    for (const run of runsOf(summed.slice(from, from + BATCH))) {
      for (const day of await snapshot((db) => differing(db, run, timeZone))) wrong.add(day);
    }
  }
  for (const month of splitMonths(all).months) {
    if (await snapshot((db) => isMonthWrong(db, month))) wrong.add(month);
  }
  return { compared: all.size, wrong: [...wrong].toSorted() };
}

/** Figures by what they are of, to be compared as text. */
type Told = Map<string, string>;
const tell = (sums: Sums): string => JSON.stringify(sums);
const tellRow = (row: Partial<SumsRow>): string => {
  const sums = noSums();
  addRow(sums, row);
  return tell(sums);
};

async function differing(db: Database, run: Days, timeZone: string): Promise<string[]> {
  const totals = await summedDays(db, run);
  const [found, ofDay]: [Told, Map<string, Sums>] = [new Map(), new Map()];
  for (const { day, therapistId, sums } of await rawFigures(db, [run], timeZone)) {
    found.set(`${day} ${therapistId}`, tell(sums));
    add(entry(ofDay, day), sums);
  }
  const rows = await db
    .select()
    .from(dailySummaries)
    .where(between(dailySummaries.day, run.from, run.to));
  const kept: Told = new Map(
    rows.map(({ day, therapistId, ...row }) => [`${day} ${therapistId}`, tellRow(row)]),
  );
  const wrong = new Set(differences(found, kept).map((key) => key.slice(0, 10)));
  for (const [day, sums] of totals) if (tell(sums) !== tell(ofDay.get(day) ?? noSums())) wrong.add(day);
  return [...wrong].filter((day) => totals.has(day));
}

async function isMonthWrong(db: Database, month: string): Promise<boolean> {
  const days = { from: month, to: lastOfMonth(month) };
  // One of its days may have changed meanwhile.
  if (splitMonths(await summedDays(db, days)).months.length === 0) return false;
  const [ofMonth, ofDays] = [
    await db.select().from(monthlySummaries).where(eq(monthlySummaries.month, month)),
    await db
      .select({ therapistId: dailySummaries.therapistId, ...totalsIn(dailySummaries) })
      .from(dailySummaries)
      .where(between(dailySummaries.day, days.from, days.to))
      .groupBy(dailySummaries.therapistId),
  ].map((rows): Told => new Map(rows.map(({ therapistId, ...row }) => [String(therapistId), tellRow(row)])));
  return differences(ofMonth ?? new Map(), ofDays ?? new Map()).length > 0;
}

/** The keys whose values are not the same, or not in both. */
const differences = (one: Told, other: Told): string[] =>
  [...new Set([...one.keys(), ...other.keys()])].filter((key) => one.get(key) !== other.get(key));
