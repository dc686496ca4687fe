import { and, asc, desc, eq, gt, isNull, ne, or, type SQL } from 'drizzle-orm';
import type * as v from 'valibot';
import { user } from '../../../access/ownership.ts';
import type { Ctx } from '../../../context.ts';
import { countRows, page } from '../../../db/page.ts';
import { notFound } from '../../../errors.ts';
import { formatInstant } from '../../../time.ts';
import { reportOf } from '../registry.ts';
import type { RunQuery } from '../schemas.ts';
import { reportRuns } from '../tables.ts';

export type Run = typeof reportRuns.$inferSelect;

/** WHERE: the person's own, and not taken back or gone. */
const mine = (ctx: Ctx): SQL | undefined =>
  and(
    eq(reportRuns.requestedBy, user(ctx).userId),
    isNull(reportRuns.deletedAt),
    or(isNull(reportRuns.expiresAt), gt(reportRuns.expiresAt, ctx.now)),
  );

/** A run as the contract has it; files say where they can be had, and JSON is behind the report's own address. */
export function runView(ctx: Ctx, run: Run) {
  const { timeZone } = ctx.services.config;
  const at = (instant: Temporal.Instant | null) => instant && formatInstant(instant, timeZone);
  const isFile = run.form !== 'json';
  const path = isFile ? `/api/exports/${run.id}/download/` : `/api/reports/${run.id}/`;
  return {
    id: run.id,
    report_type: run.report,
    title: reportOf(run.report)?.title[ctx.language] ?? run.report,
    parameters: run.parameters,
    format: run.form,
    status: run.status,
    progress: progressOf(run),
    rows: run.rowsTotal,
    download_url: run.status === 'done' ? new URL(path, ctx.url).href : null,
    error: run.error,
    created_at: formatInstant(run.createdAt, timeZone),
    finished_at: at(run.finishedAt),
    expires_at: at(run.expiresAt),
  };
}

function progressOf({ status, rowsDone, rowsTotal }: Run): number {
  if (status === 'done') return 100;
  return rowsTotal === 0 ? 0 : Math.min(99, Math.floor((rowsDone / rowsTotal) * 100));
}

/** @throws AppError NOT_FOUND */
export async function findRun(ctx: Ctx, id: number): Promise<Run> {
  const [run] = await ctx.db
    .select()
    .from(reportRuns)
    .where(and(eq(reportRuns.id, id), mine(ctx)));
  if (!run) throw notFound();
  return run;
}

/** How a run is getting on. @throws AppError NOT_FOUND */
export const getRun = async (ctx: Ctx, id: number) => runView(ctx, await findRun(ctx, id));

/** The caller's files, or reports that were generated, the latest first. */
export function listRuns(ctx: Ctx, query: v.InferOutput<typeof RunQuery>, of: 'files' | 'reports') {
  const where = and(
    mine(ctx),
    (of === 'files' ? ne : eq)(reportRuns.form, 'json'),
    query.status === undefined ? undefined : eq(reportRuns.status, query.status),
    query.report_type === undefined ? undefined : eq(reportRuns.report, query.report_type),
  );
  const matching = () => ctx.db.select({ id: reportRuns.id }).from(reportRuns).where(where).$dynamic();
  const direction = query.ordering === 'created_at' ? asc : desc;
  return page(ctx, query, {
    name: `exports:${of}`,
    count: (atMost) => countRows(ctx, matching() as never, atMost),
    results: async (limit, offset) => {
      const rows = await ctx.db
        .select()
        .from(reportRuns)
        .where(where)
        .orderBy(direction(reportRuns.id))
        .limit(limit)
        .offset(offset);
      return rows.map((row) => runView(ctx, row));
    },
  });
}
