import { eq } from 'drizzle-orm';
import { type Ctx, transaction } from '../../../context.ts';
import type { JobRun } from '../../../queue/define.ts';
import { publish } from '../../../live/publish.ts';
import { reportRuns } from '../tables.ts';
import { channelOf, MOVED } from './channel.ts';
import type { Run } from './find.ts';

/** The person took the run back, or another worker has taken it over. */
export class Cancelled extends Error {}

/** Tells how many rows are done. @throws Cancelled */
export type Progress = (rows: number) => Promise<void>;

const EVERY = 400;

/** Notes the progress in the run's row, for all to see, a few times a second. */
export function progressOf(ctx: Ctx, { id, rowsTotal }: Run, job: JobRun): Progress {
  let notedAt = -Infinity;
  return async (rows) => {
    if (job.signal.aborted) throw new Cancelled();
    if (performance.now() - notedAt < EVERY) return;
    notedAt = performance.now();
    await transaction({ ...ctx, now: Temporal.Now.instant() }, async (tx) => {
      const thisRun = eq(reportRuns.id, id);
      const [row] = await tx.db.select({ deletedAt: reportRuns.deletedAt }).from(reportRuns).where(thisRun);
      if (!row || row.deletedAt !== null) throw new Cancelled();
      await tx.db.update(reportRuns).set({ status: 'running', rowsDone: rows }).where(thisRun);
      publish(tx, channelOf(id), MOVED, {});
    });
    await job.progress(Math.floor((rows / Math.max(1, rowsTotal)) * 100));
  };
}
