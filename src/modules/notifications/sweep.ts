import { and, eq, inArray, lt } from 'drizzle-orm';
import type { Ctx } from '../../context.ts';
import { deliveries, notifications } from './tables.ts';

/** A message that is a day late is of no use, and its job is long over. */
const OLDEST_HOURS = 24;
const BATCH = 500;

/**
 * Ends what nobody will send any more: deliveries that are still queued `olderThanMs` after their notification (a day
 * if absent), because the process died in the job's last attempt. Returns how many.
 */
export async function sweepDeliveries(
  ctx: Ctx,
  { olderThanMs = OLDEST_HOURS * 3_600_000 }: { olderThanMs?: number } = {},
): Promise<number> {
  const before = ctx.now.subtract({ milliseconds: olderThanMs });
  for (let ended = 0; ;) {
    const stuck = await ctx.db
      .select({ id: deliveries.id })
      .from(deliveries)
      .innerJoin(notifications, eq(notifications.id, deliveries.notificationId))
      .where(and(eq(deliveries.state, 'queued'), lt(notifications.createdAt, before)))
      .limit(BATCH);
    if (stuck.length === 0) return ended;
    const [{ affectedRows }] = await ctx.db
      .update(deliveries)
      .set({ state: 'failed', error: 'abandoned', claimedUntil: null })
      .where(
        and(
          inArray(
            deliveries.id,
            stuck.map(({ id }) => id),
          ),
          eq(deliveries.state, 'queued'),
        ),
      );
    ended += affectedRows;
  }
}
