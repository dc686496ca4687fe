import { rename, rm } from 'node:fs/promises';
import { and, eq, isNull } from 'drizzle-orm';
import { actorOf } from '../../../access/actor-of.ts';
import { authorise } from '../../../access/authenticate.ts';
import type { Ctx } from '../../../context.ts';
import type { JobHandler } from '../../../queue/define.ts';
import { reportOf } from '../registry.ts';
import { reportRuns } from '../tables.ts';
import type { Run } from './find.ts';
import { finishRun } from './finish.ts';
import { Cancelled, progressOf } from './progress.ts';
import { writeRun } from './write.ts';

const NOT_PERMITTED = {
  es: 'Quien pidió el reporte ya no tiene permiso para verlo.',
  en: 'Who asked for the report is no longer permitted to see it.',
};
const INTERRUPTED = {
  es: 'El reporte se interrumpió por un error del servidor. Pídalo de nuevo.',
  en: 'The report was cut off by an error of the server. Ask for it again.',
};

/**
 * Makes the file of a run: written whole under another name, put in its place, and then the run is done. A run that
 * is cut off begins anew; one that was taken back ends, and leaves nothing.
 */
export const handle: JobHandler<{ runId: number }> = async (ctx, { runId }, job) => {
  const [run] = await ctx.db
    .select()
    .from(reportRuns)
    .where(and(eq(reportRuns.id, runId), isNull(reportRuns.deletedAt)));
  if (!run || run.status === 'done' || run.status === 'failed') return;
  const requester = await asRequester(ctx, run);
  if (!requester) {
    await finishRun(ctx, run, { failure: NOT_PERMITTED });
    return;
  }
  try {
    await make(requester, run, job);
  } catch (error) {
    if (error instanceof Cancelled) return;
    if (job.attempt >= job.maxAttempts) await finishRun(requester, run, { failure: INTERRUPTED });
    throw error;
  }
};

async function make(ctx: Ctx, run: Run, job: Parameters<typeof handle>[2]): Promise<void> {
  const { files } = ctx.services;
  const key = run.form === 'json' ? `reports/${run.id}.json` : `exports/${run.id}`;
  const draft = files.path(`tmp/${crypto.randomUUID()}`);
  const report = reportOf(run.report);
  if (!report) throw new Error(`there is no report "${run.report}"`);
  try {
    const { signal } = job;
    await writeRun(ctx, report, run, { path: draft, progress: progressOf(ctx, run, job), signal });
    await rename(draft, files.path(key));
  } finally {
    await rm(draft, { force: true });
  }
  const isKept = await finishRun(ctx, run, { key });
  if (!isKept) await files.remove(key);
}

/** By the rights at this moment of who asked; null when there are none. */
async function asRequester(ctx: Ctx, { requestedBy, language }: Run): Promise<Ctx | null> {
  const actor = await actorOf(ctx.db, requestedBy);
  if (!actor || ctx.services.access.scopesOf(actor, 'reports:read').length === 0) return null;
  const requester: Ctx = { ...ctx, language };
  authorise(requester, actor, 'reports:read');
  return requester;
}
