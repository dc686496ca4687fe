import { eq, sql } from 'drizzle-orm';
import { index, int, mysqlTable, varchar } from 'drizzle-orm/mysql-core';
import { instant } from './columns.ts';
import type { DatabasePool } from './client.ts';

/** Counts kept by name for a while: rate limits and throttles, shared by all instances. */
export type Counters = {
  /** Adds one and returns the count and the seconds until it starts again. */
  add: (name: string, windowSeconds: number) => Promise<Count>;
  read: (name: string) => Promise<Count>;
  clear: (name: string) => Promise<void>;
};
export type Count = { count: number; resetSeconds: number };

/** Counts where there is no Redis: one row for what is counted, until its window has passed. */
export const rateCounters = mysqlTable(
  'rate_counters',
  {
    name: varchar({ length: 200 }).primaryKey(),
    count: int({ unsigned: true }).notNull(),
    expiresAt: instant().notNull(),
  },
  (t) => [index('rate_counters_expiry').on(t.expiresAt)],
);

const toCount = (row: { count: number; resetSeconds: number | string } | undefined): Count => ({
  count: row?.count ?? 0,
  resetSeconds: Math.max(0, Number(row?.resetSeconds ?? 0)),
});

/** Counters in the database, for the embedded default: they survive a restart. */
export function databaseCounters(db: DatabasePool['db']): Counters {
  const now = sql`utc_timestamp(3)`;
  const read = async (name: string): Promise<Count> => {
    const [row] = await db
      .select({
        count: rateCounters.count,
        resetSeconds: sql<number>`ceil(timestampdiff(microsecond, ${now}, ${rateCounters.expiresAt}) / 1000000)`,
      })
      .from(rateCounters)
      .where(sql`${rateCounters.name} = ${name} and ${rateCounters.expiresAt} > ${now}`);
    return toCount(row);
  };
  return {
    read,
    add: async (name, windowSeconds) => {
      const end = sql`${now} + interval ${windowSeconds} second`;
      await db
        .insert(rateCounters)
        .values({ name, count: 1, expiresAt: end })
        .onDuplicateKeyUpdate({
          set: {
            count: sql`if(${rateCounters.expiresAt} > ${now}, ${rateCounters.count} + 1, 1)`,
            expiresAt: sql`if(${rateCounters.expiresAt} > ${now}, ${rateCounters.expiresAt}, ${end})`,
          },
        });
      return read(name);
    },
    clear: async (name) => {
      await db.delete(rateCounters).where(eq(rateCounters.name, name));
    },
  };
}
