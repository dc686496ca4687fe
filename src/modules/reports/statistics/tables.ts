import { bigint, date, decimal, index, int, mysqlTable, primaryKey } from 'drizzle-orm/mysql-core';
import { day, id, instant, reference } from '../../../db/columns.ts';
import { STATUSES, type Status } from '../../appointments/status.ts';
import { PAYMENT_METHODS } from '../../billing/tables.ts';
import { patients } from '../../patients/tables.ts';
import { therapists } from '../../therapists/tables.ts';

export type Method = (typeof PAYMENT_METHODS)[number];

/** What is counted of a day: appointments by state, minutes that were kept for patients, payments by method, refunds. */
export const COUNTS = [
  ...STATUSES,
  'bookedMinutes',
  ...PAYMENT_METHODS.map((method) => `payments_${method}` as const),
  'refunds',
] as const;
/** What is summed of a day: by method what was taken less what was given back, and what was given back in all. */
export const AMOUNTS = [...PAYMENT_METHODS.map((method) => `net_${method}` as const), 'refunded'] as const;

export type Count = Status | 'bookedMinutes' | `payments_${Method}` | 'refunds';
export type Amount = `net_${Method}` | 'refunded';

const count = () => int({ unsigned: true }).notNull();
const amount = () => decimal({ precision: 12, scale: 2 }).notNull();

const each = <Key extends string, Column>(keys: readonly Key[], column: () => Column) =>
  Object.fromEntries(keys.map((key) => [key, column()])) as Record<Key, Column>;

const figures = () => ({
  ...each<Count, ReturnType<typeof count>>(COUNTS, count),
  ...each<Amount, ReturnType<typeof amount>>(AMOUNTS, amount),
});

/**
 * The figures of each therapist on each day of the clinic's calendar that is over: appointments on their day, money on
 * the day it moved. Made from the appointments and the ledger (roll-up.ts), and true for the days in `daily_totals`
 * that have no mark.
 */
export const dailySummaries = mysqlTable(
  'daily_summaries',
  {
    day: day().notNull(),
    therapistId: reference()
      .notNull()
      .references(() => therapists.id),
    ...figures(),
  },
  (t) => [primaryKey({ columns: [t.day, t.therapistId] })],
);

/** The figures of the whole clinic on each day that `daily_summaries` has, also of those on which nothing happened. */
export const dailyTotals = mysqlTable('daily_totals', {
  day: date({ mode: 'string' }).primaryKey(),
  ...figures(),
  madeAt: instant().notNull(),
});

/**
 * The figures of each therapist in each month whose days `daily_totals` has, all of them; made anew with any of these,
 * and true when none of these has a mark.
 */
export const monthlySummaries = mysqlTable(
  'monthly_summaries',
  {
    /** The first day of the month. */
    month: day().notNull(),
    therapistId: reference()
      .notNull()
      .references(() => therapists.id),
    ...figures(),
  },
  (t) => [primaryKey({ columns: [t.month, t.therapistId] })],
);

/** Days of the past that something has changed on since they were summed up; written with the change (changed.ts). */
export const summaryMarks = mysqlTable('summary_marks', { id: id(), day: day().notNull() }, (t) => [
  index('summary_marks_day').on(t.day),
]);

/** When a patient was first and last treated: the starts of the first and last completed appointment. */
export const patientSpans = mysqlTable(
  'patient_spans',
  {
    patientId: bigint({ mode: 'number', unsigned: true })
      .primaryKey()
      .references(() => patients.id),
    firstAt: instant().notNull(),
    lastAt: instant().notNull(),
  },
  (t) => [index('patient_spans_first').on(t.firstAt, t.lastAt)],
);
