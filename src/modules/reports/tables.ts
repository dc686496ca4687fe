import { index, int, mysqlEnum, mysqlTable, varchar } from 'drizzle-orm/mysql-core';
import { id, instant, jsonOf, reference } from '../../db/columns.ts';
import { FORMATS } from '../../render/formats.ts';
import type { Fields } from './define.ts';
import { users } from '../users/tables.ts';

/** A report's forms that are kept: `json` is what `generate` answers, the others are files. */
export const FORMS = ['json', ...FORMATS] as const;
export type Form = (typeof FORMS)[number];

export const RUN_STATUSES = ['queued', 'running', 'done', 'failed'] as const;

/** Reports that somebody had made and kept, or had made by a job. The file is whole before the row is `done`. */
export const reportRuns = mysqlTable(
  'exports',
  {
    id: id(),
    requestedBy: reference()
      .notNull()
      .references(() => users.id),
    report: varchar({ length: 40 }).notNull(),
    parameters: jsonOf<Fields>().notNull(),
    form: mysqlEnum(FORMS).notNull(),
    language: mysqlEnum(['es', 'en']).notNull(),
    status: mysqlEnum(RUN_STATUSES).notNull().default('queued'),
    rowsTotal: int({ unsigned: true }).notNull(),
    rowsDone: int({ unsigned: true }).notNull().default(0),
    /** The key of the file in the file store. */
    fileKey: varchar({ length: 100 }),
    /** Why there is none, in the person's language. */
    error: varchar({ length: 500 }),
    createdAt: instant().notNull(),
    finishedAt: instant(),
    /** The file can be had until then. */
    expiresAt: instant(),
    /** The person took it back: a job that is at it stops. */
    deletedAt: instant(),
  },
  (t) => [
    index('exports_requested').on(t.requestedBy, t.form, t.id),
    index('exports_expires').on(t.expiresAt),
  ],
);
