import { and, between, desc, eq, inArray, lte, min, sql } from 'drizzle-orm';
import { toSnakeCase } from 'drizzle-orm/casing';
import type { Ctx } from '../../../context.ts';
import { bulkInsert } from '../../../db/bulk-insert.ts';
import type { Database } from '../../../db/client.ts';
import { localDay } from '../../../time.ts';
import { appointments } from '../../appointments/tables.ts';
import { payments } from '../../billing/tables.ts';
import { GROWN } from './changed.ts';
import { type Days, eachDay, lastOfMonth, lengthOf, monthOf, plusDays, runsOf, within } from './days.ts';
import { rawFigures } from './raw.ts';
import { add, entry, noSums, type Sums, toMoney } from './sums.ts';
import {
  AMOUNTS,
  type Amount,
  type Count,
  COUNTS,
  dailySummaries,
  dailyTotals,
  monthlySummaries,
  patientSpans,
  summaryMarks,
} from './tables.ts';

/** Days that one transaction sums up at most. */
const BATCH = 31;

/**
 * Sums up days that were not summed up yet, the latest first, and those that have changed since; returns how many.
 * Changes that commit meanwhile leave marks that stay. Yesterday waits until tomorrow: whoever writes on it at midnight
 * takes it for today and leaves no mark.
 */
export async function rollUp({ services }: Ctx, now = Temporal.Now.instant()): Promise<number> {
  const { timeZone } = services.config;
  const last = plusDays(localDay(now, timeZone), -2);
  return services.transact(async (db) => {
    if (!(await takeTurn(db))) return 0;
    try {
      return await sumUp(db, last, timeZone, now);
    } finally {
      await db.execute(sql`do release_lock(${turnName})`);
    }
  });
}

/** All of it, until nothing is left; returns the number of days. */
export async function rollUpAll(ctx: Ctx): Promise<number> {
  for (let total = 0; ;) {
    const days = await rollUp(ctx);
    total += days;
    if (days < BATCH) return total;
  }
}

/** After rows were put in behind the back of the service (`manage seed`): everything is summed up anew. */
export async function forgetSummaries(ctx: Ctx): Promise<void> {
  const { timeZone } = ctx.services.config;
  const today = localDay(ctx.now, timeZone);
  await ctx.db.delete(dailyTotals);
  await noteSessions(ctx.db, [{ from: plusDays(today, -1), to: today }], timeZone);
}

async function sumUp(db: Database, last: string, timeZone: string, now: Temporal.Instant): Promise<number> {
  const marks = await db
    .select({ id: summaryMarks.id, day: summaryMarks.day })
    .from(summaryMarks)
    .where(lte(summaryMarks.day, last))
    .orderBy(desc(summaryMarks.day));
  const due = new Set<string>();
  for (const day of [...marks.map((mark) => mark.day), ...(await missingDays(db, last, timeZone))]) {
    if (due.size < BATCH) due.add(day);
  }
  if (due.size === 0) return 0;
  const days = [...due].toSorted();
  const runs = runsOf(days);

  const figures = await rawFigures(db, runs, timeZone);
  await db.delete(dailySummaries).where(inArray(dailySummaries.day, days));
  await bulkInsert(
    db,
    dailySummaries,
    figures.map(({ day, therapistId, sums }) => ({ day, therapistId, ...rowOf(sums) })),
  );
  await noteSessions(db, runs, timeZone);

  const totals = new Map(days.map((day) => [day, noSums()]));
  for (const { day, sums } of figures) add(entry(totals, day), sums);
  await db.delete(dailyTotals).where(inArray(dailyTotals.day, days));
  await bulkInsert(
    db,
    dailyTotals,
    [...totals].map(([day, sums]) => ({ day, ...rowOf(sums), madeAt: now })),
  );
  for (const month of new Set(days.map(monthOf))) await sumUpMonth(db, month);
  const done = marks.filter(({ day }) => due.has(day)).map(({ id }) => id);
  if (done.length > 0) await db.delete(summaryMarks).where(inArray(summaryMarks.id, done));
  return days.length;
}

/** The figures as the tables keep them. */
const rowOf = (sums: Sums) => ({
  ...sums,
  ...(Object.fromEntries(AMOUNTS.map((key) => [key, toMoney(sums[key])])) as Record<Amount, string>),
});

const FIGURES: (Amount | Count)[] = [...COUNTS, ...AMOUNTS];

/** Puts the days of a month together once all of them are summed up. */
async function sumUpMonth(db: Database, month: string): Promise<void> {
  await db.delete(monthlySummaries).where(eq(monthlySummaries.month, month));
  const days = { from: month, to: lastOfMonth(month) };
  const [known] = await db
    .select({ days: sql<number>`count(*)`.mapWith(Number) })
    .from(dailyTotals)
    .where(between(dailyTotals.day, days.from, days.to));
  if (known?.days !== lengthOf(days)) return;
  const { therapistId, day } = dailySummaries;
  const columns = FIGURES.map((key) => sql.identifier(toSnakeCase(key)));
  const sums = FIGURES.map((key) => sql`sum(${dailySummaries[key]})`);
  await db.execute(sql`
    insert into ${monthlySummaries} (month, therapist_id, ${sql.join(columns, sql`, `)})
    select ${month}, ${therapistId}, ${sql.join(sums, sql`, `)} from ${dailySummaries}
    where ${between(day, days.from, days.to)} group by ${therapistId}`);
}

/** The days from the first on which anything happened that were never summed up, the latest first. */
async function missingDays(db: Database, last: string, timeZone: string): Promise<string[]> {
  const first = await firstDay(db, timeZone);
  if (first === null || first > last) return [];
  const rows = await db.select({ day: dailyTotals.day }).from(dailyTotals);
  const known = new Set(rows.map(({ day }) => day));
  return eachDay({ from: first, to: last })
    .filter((day) => !known.has(day))
    .toReversed();
}

async function firstDay(db: Database, timeZone: string): Promise<string | null> {
  const [booked] = await db.select({ at: min(appointments.dateTime) }).from(appointments);
  const [paid] = await db.select({ at: min(payments.paidAt) }).from(payments);
  const days = [booked?.at, paid?.at].flatMap((at) => (at ? [localDay(at, timeZone)] : []));
  return days.toSorted()[0] ?? null;
}

/** Whether every day that can have been summed up was: then `patient_spans` knows all sessions that were held. */
export async function isAllSummedUp(db: Database, now: Temporal.Instant, timeZone: string): Promise<boolean> {
  return (await missingDays(db, plusDays(localDay(now, timeZone), -2), timeZone)).length === 0;
}

async function noteSessions(db: Database, runs: readonly Days[], timeZone: string): Promise<void> {
  const at = appointments.dateTime;
  const held = db
    .select({
      patientId: appointments.patientId,
      firstAt: sql`min(${at})`.as('first_at'),
      lastAt: sql`max(${at})`.as('last_at'),
    })
    .from(appointments)
    .where(and(eq(appointments.status, 'completed'), within(at, runs, timeZone)))
    .groupBy(appointments.patientId);
  const { firstAt, lastAt } = GROWN;
  await db.execute(
    sql`insert into ${patientSpans} (patient_id, first_at, last_at) ${held} on duplicate key update first_at = ${firstAt}, last_at = ${lastAt}`,
  );
}

/** One process sums up at a time; the lock is the connection's, and names are the whole server's. */
const turnName = sql`concat(database(), ':summaries')`;

async function takeTurn(db: Database): Promise<boolean> {
  const [rows] = await db.execute(sql`select get_lock(${turnName}, 0) as got`);
  return Number((rows as unknown as { got: number }[])[0]?.got) === 1;
}
