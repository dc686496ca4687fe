import { between } from 'drizzle-orm';
import type { Ctx } from '../../../context.ts';
import { type Days, runsOf } from './days.ts';
import { summedDays } from './figures.ts';
import { rawFigures } from './raw.ts';
import { addRow, noSums } from './sums.ts';
import { dailySummaries } from './tables.ts';

const BATCH = 31;

/**
 * Compares the summaries of some days with the appointments and the ledger. Returns the days that differ, and how many
 * were compared: those that are summed up and have no mark.
 */
export async function verifySummaries(
  { services }: Ctx,
  days: Days,
): Promise<{ compared: number; wrong: string[] }> {
  const all = await services.snapshot((db) => summedDays(db, days));
  const wrong: string[] = [];
  for (let from = 0; from < all.length; from += BATCH) {
    const runs = runsOf(all.slice(from, from + BATCH));
    for (const run of runs) wrong.push(...(await differing(services, run)));
  }
  return { compared: all.length, wrong };
}

const differing = (services: Ctx['services'], run: Days): Promise<string[]> =>
  services.snapshot(async (db) => {
    const stillSummed = new Set(await summedDays(db, run));
    const found = new Map<string, string>();
    for (const { day, therapistId, sums } of await rawFigures(db, [run], services.config.timeZone))
      found.set(`${day} ${therapistId}`, JSON.stringify(sums));
    const kept = await db
      .select()
      .from(dailySummaries)
      .where(between(dailySummaries.day, run.from, run.to));
    const wrong = new Set<string>();
    for (const { day, therapistId, ...row } of kept) {
      const sums = noSums();
      addRow(sums, row);
      const key = `${day} ${therapistId}`;
      if (found.get(key) !== JSON.stringify(sums)) wrong.add(day);
      found.delete(key);
    }
    for (const key of found.keys()) wrong.add(key.slice(0, 10));
    return [...wrong].filter((day) => stillSummed.has(day)).toSorted();
  });
