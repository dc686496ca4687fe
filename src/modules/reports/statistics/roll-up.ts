import { and, desc, eq, inArray, lte, min, sql } from 'drizzle-orm';
import type { Ctx } from '../../../context.ts';
import { bulkInsert } from '../../../db/bulk-insert.ts';
import type { Database } from '../../../db/client.ts';
import { localDay } from '../../../time.ts';
import { appointments } from '../../appointments/tables.ts';
import { payments } from '../../billing/tables.ts';
import { GROWN } from './changed.ts';
import { type Days, eachDay, plusDays, runsOf, within } from './days.ts';
import { rawFigures } from './raw.ts';
import { toMoney } from './sums.ts';
import { AMOUNTS, dailySummaries, patientSpans, summaryDays, summaryMarks } from './tables.ts';

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
  await ctx.db.delete(summaryDays);
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

  const rows = (await rawFigures(db, runs, timeZone)).map(({ day, therapistId, sums }) => ({
    day,
    therapistId,
    ...sums,
    ...(Object.fromEntries(AMOUNTS.map((key) => [key, toMoney(sums[key])])) as Record<
      (typeof AMOUNTS)[number],
      string
    >),
  }));
  await db.delete(dailySummaries).where(inArray(dailySummaries.day, days));
  await bulkInsert(db, dailySummaries, rows);
  await noteSessions(db, runs, timeZone);
  await db.delete(summaryDays).where(inArray(summaryDays.day, days));
  await db.insert(summaryDays).values(days.map((day) => ({ day, madeAt: now })));
  const done = marks.filter(({ day }) => due.has(day)).map(({ id }) => id);
  if (done.length > 0) await db.delete(summaryMarks).where(inArray(summaryMarks.id, done));
  return days.length;
}

/** The days from the first on which anything happened that were never summed up, the latest first. */
async function missingDays(db: Database, last: string, timeZone: string): Promise<string[]> {
  const first = await firstDay(db, timeZone);
  if (first === null || first > last) return [];
  const rows = await db.select({ day: summaryDays.day }).from(summaryDays);
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
