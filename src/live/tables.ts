import { index, mysqlTable, varchar } from 'drizzle-orm/mysql-core';
import { sql } from 'drizzle-orm';
import { id, instant, jsonOf } from '../db/columns.ts';

/** What happened lately and who may hear of it at once; rows live for an hour (`tidy.ts`). */
export const liveEvents = mysqlTable(
  'live_events',
  {
    id: id(),
    channel: varchar({ length: 100 }).notNull(),
    kind: varchar({ length: 64 }).notNull(),
    data: jsonOf<object>().notNull(),
    /** By the database's clock, which all instances share. */
    createdAt: instant()
      .notNull()
      .default(sql`(now(3))`),
  },
  (t) => [index('live_events_channel').on(t.channel, t.id), index('live_events_created').on(t.createdAt)],
);
