import { notFound } from '../../errors.ts';
import type { Report } from './define.ts';
import { appointmentsBetweenDates } from './definitions/appointments-between-dates.ts';
import { appointmentsPerTherapist } from './definitions/appointments-per-therapist.ts';
import { dailyCash } from './definitions/daily-cash.ts';
import { dailyPaidTickets } from './definitions/daily-paid-tickets.ts';
import { improvedDailyCash } from './definitions/improved-daily-cash.ts';
import { patientsByTherapist } from './definitions/patients-by-therapist.ts';
import { statistics } from './definitions/statistics.ts';

/** Every report; one line per report. */
export const REPORTS: readonly Report[] = [
  improvedDailyCash,
  dailyPaidTickets,
  dailyCash,
  appointmentsPerTherapist,
  patientsByTherapist,
  appointmentsBetweenDates,
  statistics,
];

/** The report of that name; undefined for one that was there in an earlier version. */
export const reportOf = (type: string): Report | undefined => REPORTS.find((report) => report.type === type);

export const REPORT_TYPES = REPORTS.map(({ type }) => type) as [string, ...string[]];

/** A report that a request has named. @throws AppError NOT_FOUND */
export function namedReport(type: string): Report {
  const report = reportOf(type);
  if (!report) throw notFound();
  return report;
}
