import { sendPasswordReset, sendSecurityAlert } from '../modules/auth/jobs.ts';
import { notifyEmergencyAccess } from '../modules/clinical/jobs.ts';
import { cleanUp, sendDigest } from '../modules/maintenance/jobs.ts';
import { notifyAppointment, sendUserNotice } from '../modules/notifications/jobs.ts';
import { importPatients } from '../modules/patients/jobs.ts';
import { sumUpDays } from '../modules/reports/statistics/jobs.ts';
import { makeReport } from '../modules/reports/jobs.ts';
import { remindPatients, sendReminder } from '../modules/reminders/jobs.ts';
import type { Job, JobHandler, QueueName } from './define.ts';

/** Any job, whatever its payload: only `data` tells what may be handed to `handle`. */
export type RegisteredJob = Omit<Job, 'handler'> & {
  handler: () => Promise<{ handle: JobHandler<never> }>;
};

/** Every job of the service; one line per job. */
export const JOBS: readonly RegisteredJob[] = [
  notifyAppointment,
  sendPasswordReset,
  sendSecurityAlert,
  sendUserNotice,
  importPatients,
  makeReport,
  remindPatients,
  sendReminder,
  sumUpDays,
  cleanUp,
  sendDigest,
  notifyEmergencyAccess,
];

/** The jobs by name. @throws Error when two share one: a queued job must have exactly one handler. */
export function indexJobs(jobs: readonly RegisteredJob[]): ReadonlyMap<string, RegisteredJob> {
  const byName = new Map<string, RegisteredJob>();
  for (const job of jobs) {
    if (byName.has(job.name)) throw new Error(`Two jobs are called "${job.name}"`);
    byName.set(job.name, job);
  }
  return byName;
}

indexJobs(JOBS);

/** The jobs of one queue. */
export const jobsOf = (queue: QueueName, jobs = JOBS): RegisteredJob[] =>
  jobs.filter((job) => job.queue === queue);
