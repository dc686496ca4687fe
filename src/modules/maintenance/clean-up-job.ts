import type { JobHandler } from '../../queue/define.ts';
import { cleanUp, failuresOf } from './clean-up.ts';

/** Cleans up; fails when a kind could not be cleaned, so that it is tried again and then seen among the failed jobs. */
export const handle: JobHandler<object> = async (ctx) => {
  const failed = failuresOf(await cleanUp(ctx, { dryRun: false }));
  if (failed.length > 0) throw new Error(`Not cleaned: ${failed.join(', ')}`);
};
