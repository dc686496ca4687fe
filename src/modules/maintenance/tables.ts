import { mysqlTable, varchar } from 'drizzle-orm/mysql-core';
import { instant } from '../../db/columns.ts';

/** When each schedule of the house is due next: one row each, which whichever instance is first moves on. */
export const schedules = mysqlTable('schedules', {
  name: varchar({ length: 64 }).primaryKey(),
  /** The pattern and the zone that `nextAt` was computed with: another one computes it anew. */
  rule: varchar({ length: 120 }).notNull(),
  nextAt: instant().notNull(),
  /** When it last fell due and its job was put in the outbox. */
  lastAt: instant(),
});
