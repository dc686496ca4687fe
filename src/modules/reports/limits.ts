import { RuleViolation } from '../../errors.ts';
import type { Form } from './tables.ts';

/** Rows that a request waits for; with more, a report is made as a job (contract, "Files"). */
export const MOST_AWAITED = 5_000;

/** Days that what was generated can be opened again; its file then goes with the nightly cleanup (maintenance). */
export const REPORT_DAYS = 30;

/** Rows that a form takes at most: what a reader can look through, and what a thread has memory for. */
const MOST: Partial<Record<Form, number>> = {
  json: 50_000,
  a4: 20_000,
  letter: 20_000,
  ods: 50_000,
  xlsx: 1_000_000,
};

/** @throws RuleViolation `too_many_rows` for a report that is too long for the form */
export function assertFits(rows: number, form: Form): void {
  const most = MOST[form];
  if (most !== undefined && rows > most) throw tooManyRows(rows, most);
}

/** The report is too long for the form that was asked for. */
export const tooManyRows = (rows: number, most: number): RuleViolation =>
  new RuleViolation([
    {
      rule: 'too_many_rows',
      message: {
        es: `El reporte tiene ${rows} filas y de esta forma se entregan hasta ${most}. Acorte el rango o pídalo en CSV.`,
        en: `The report has ${rows} rows, and this form takes up to ${most}. Shorten the range or ask for CSV.`,
      },
    },
  ]);
