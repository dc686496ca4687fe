import { eq } from 'drizzle-orm';
import { type Ctx, transaction } from '../../../context.ts';
import { audit } from '../../../db/audit.ts';
import { success } from '../../../success.ts';
import { publish } from '../../../live/publish.ts';
import { reportRuns } from '../tables.ts';
import { channelOf, MOVED } from './channel.ts';
import { findRun } from './find.ts';

const REMOVED = { es: 'Eliminado', en: 'Deleted' };

/** Takes a run back: a job that is at it stops, and the file goes. @throws AppError NOT_FOUND */
export async function removeRun(ctx: Ctx, id: number) {
  const { fileKey } = await findRun(ctx, id);
  const answer = await transaction(ctx, async (tx) => {
    await tx.db.update(reportRuns).set({ deletedAt: tx.now, fileKey: null }).where(eq(reportRuns.id, id));
    publish(tx, channelOf(id), MOVED, {});
    await audit(tx, { action: 'delete', entity: 'export', entityId: id });
    return success(tx, REMOVED);
  });
  if (fileKey) await ctx.services.files.remove(fileKey);
  return answer;
}
