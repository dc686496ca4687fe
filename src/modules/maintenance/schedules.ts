import type { Schedule } from '../../queue/scheduler.ts';
import { remindPatients } from '../reminders/jobs.ts';
import { sumUpDays } from '../reports/statistics/jobs.ts';
import { cleanUp, sendDigest } from './jobs.ts';

/** What happens by the clock, in the clinic's zone; one line per schedule. */
export const SCHEDULES: readonly Schedule[] = [
  { name: 'reminders', cron: '* * * * *', job: remindPatients },
  { name: 'statistics', cron: '*/5 * * * *', job: sumUpDays },
  { name: 'cleanup', cron: '0 3 * * *', job: cleanUp },
  { name: 'weekly-digest', cron: '0 7 * * 1', job: sendDigest },
];
