import type { Ctx } from '../../context.ts';
import type { JobRun } from '../../queue/define.ts';
import { deliver } from './deliver.ts';
import { type Notice, type Recorded, record } from './record.ts';

/** Records the notices of one event, once however often its job runs, and sends what of them is still to be sent. */
export async function notify(ctx: Ctx, run: JobRun, notices: readonly Notice[]): Promise<void> {
  const recorded: Recorded[] = [];
  for (const notice of notices) recorded.push(await record(ctx, run.id, notice));
  await deliver(ctx, run, recorded);
}
