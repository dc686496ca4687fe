import type { Report } from './define.ts';
import { appointmentsBetweenDates } from './definitions/appointments-between-dates.ts';
import { appointmentsPerTherapist } from './definitions/appointments-per-therapist.ts';
import { dailyCash } from './definitions/daily-cash.ts';
import { dailyPaidTickets } from './definitions/daily-paid-tickets.ts';
import { improvedDailyCash } from './definitions/improved-daily-cash.ts';
import { patientsByTherapist } from './definitions/patients-by-therapist.ts';

/** Every report; one line per report. */
export const REPORTS: readonly Report[] = [
  improvedDailyCash,
  dailyPaidTickets,
  dailyCash,
  appointmentsPerTherapist,
  patientsByTherapist,
  appointmentsBetweenDates,
];
