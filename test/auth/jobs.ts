import { asc, inArray } from 'drizzle-orm';
import * as v from 'valibot';
import { systemCtx } from '../../src/context.ts';
import { outbox } from '../../src/db/outbox.ts';
import { ResetRequest, SecurityAlert } from '../../src/modules/auth/jobs.ts';
import { handle as sendPasswordReset } from '../../src/modules/auth/send-password-reset.ts';
import { handle as sendSecurityAlert } from '../../src/modules/auth/send-security-alert.ts';
import type { TestApp } from '../harness.ts';

/** A job of this domain, as it waits in the outbox. */
export type Waiting = { id: number; job: string; data: object };

const NAMES = ['send-password-reset', 'send-security-alert'];

/** Takes this domain's jobs out of the outbox, the oldest first. */
export async function takeJobs({ services }: TestApp): Promise<Waiting[]> {
  const mine = inArray(outbox.job, NAMES);
  const rows = await services.db.select().from(outbox).where(mine).orderBy(asc(outbox.id));
  await services.db.delete(outbox).where(mine);
  return rows.map(({ id, job, data }) => ({ id, job, data }));
}

/** Runs a job once, as the consumer does. */
export async function runJob({ services }: TestApp, { id, job, data }: Waiting): Promise<void> {
  const run = {
    id: `outbox-${id}`,
    attempt: 1,
    maxAttempts: 3,
    signal: new AbortController().signal,
    progress: async () => undefined,
  };
  const ctx = systemCtx(services, job);
  if (job === 'send-password-reset') await sendPasswordReset(ctx, v.parse(ResetRequest, data), run);
  else await sendSecurityAlert(ctx, v.parse(SecurityAlert, data), run);
}

/** Runs all that waits. */
export async function runJobs(app: TestApp): Promise<Waiting[]> {
  const jobs = await takeJobs(app);
  for (const job of jobs) await runJob(app, job);
  return jobs;
}
