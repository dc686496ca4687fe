import { RuleViolation } from '../../errors.ts';

/** Rows that a request waits for; with more, a report is made as a job (contract, "Files"). */
export const MOST_AWAITED = 5_000;

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
