import type { Report } from './define.ts';
import { dailyCash } from './definitions/daily-cash.ts';
import { dailyPaidTickets } from './definitions/daily-paid-tickets.ts';
import { improvedDailyCash } from './definitions/improved-daily-cash.ts';

/** Every report; one line per report. */
export const REPORTS: readonly Report[] = [improvedDailyCash, dailyPaidTickets, dailyCash];
