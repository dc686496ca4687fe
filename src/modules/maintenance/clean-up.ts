import { type Ctx, transaction } from '../../context.ts';
import { audit } from '../../db/audit.ts';
import { describeFailure } from '../../queue/failure.ts';
import { RETENTION } from './retention.ts';

/** How many of each kind went, or would go; a kind that failed says why instead, without any value. */
export type CleanUpReport = Record<string, number | string>;

/**
 * Removes everything that has outlived its time, in short transactions; with `dryRun` only counts. A kind that fails
 * keeps no other from being cleaned. The report is logged, and kept in the audit log.
 */
export async function cleanUp(ctx: Ctx, { dryRun }: { dryRun: boolean }): Promise<CleanUpReport> {
  const report: CleanUpReport = {};
  for (const { name, clear } of RETENTION) {
    try {
      report[name] = await clear(ctx, dryRun);
    } catch (error) {
      report[name] = describeFailure(error).reason;
      ctx.services.log.error({ kind: name, ...describeFailure(error) }, 'could not clean up');
    }
  }
  ctx.services.log.info({ dryRun, ...report }, 'cleaned up');
  if (!dryRun) {
    await transaction(ctx, (tx) =>
      audit(tx, { action: 'clean_up', entity: 'retention', entityId: 'all', after: report }),
    );
  }
  return report;
}

/** The kinds that could not be cleaned. */
export const failuresOf = (report: CleanUpReport): string[] =>
  Object.entries(report).flatMap(([name, result]) => (typeof result === 'string' ? [name] : []));
