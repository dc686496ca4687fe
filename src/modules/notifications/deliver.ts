import { and, count, eq, getTableColumns, inArray } from 'drizzle-orm';
import type { Ctx } from '../../context.ts';
import type { JobRun } from '../../queue/define.ts';
import { CARRIERS } from './channels/carriers.ts';
import { PermanentFailure, reasonOf, Unreachable } from './channels/channel.ts';
import type { Recorded } from './record.ts';
import { deliveries, notifications } from './tables.ts';

/**
 * Sends what is still queued, all channels at once; a first attempt also takes up what failed, since only an
 * administrator's retry begins anew. After the last attempt what is still queued has failed.
 * @throws Error when anything is left to be sent, so that the queue calls again
 */
export async function deliver(
  ctx: Ctx,
  run: Pick<JobRun, 'attempt' | 'maxAttempts'>,
  recorded: readonly Recorded[],
): Promise<void> {
  const byId = new Map(recorded.map((one) => [one.notificationId, one]));
  const ids = [...byId.keys()];
  const open = await openDeliveries(ctx, ids, run.attempt === 1 ? ['queued', 'failed'] : ['queued']);
  const results = await Promise.allSettled(
    open.map(async (delivery) => {
      const one = byId.get(delivery.notificationId);
      if (one !== undefined && (await claim(ctx, delivery))) await send(ctx, delivery, one);
    }),
  );
  const left = run.attempt < run.maxAttempts ? await countQueued(ctx, ids) : await giveUp(ctx, ids);
  const unrecorded = results.find((result) => result.status === 'rejected');
  if (unrecorded) throw unrecorded.reason;
  if (left > 0) throw new Error(`${left} of ${open.length} deliveries did not succeed`);
}

type Delivery = Awaited<ReturnType<typeof openDeliveries>>[number];

const openDeliveries = (ctx: Ctx, ids: readonly number[], states: readonly ('queued' | 'failed')[]) =>
  ctx.db
    .select({ ...getTableColumns(deliveries), notifiedAt: notifications.createdAt })
    .from(deliveries)
    .innerJoin(notifications, eq(notifications.id, deliveries.notificationId))
    .where(and(inArray(deliveries.notificationId, [...ids]), inArray(deliveries.state, [...states])));

/** Counts the attempt before it is made. False when another run of this job was faster: it sends. */
async function claim(ctx: Ctx, { id, attempts, state }: Delivery): Promise<boolean> {
  const [{ affectedRows }] = await ctx.db
    .update(deliveries)
    .set({ attempts: attempts + 1, state: 'queued' })
    .where(and(eq(deliveries.id, id), eq(deliveries.attempts, attempts), eq(deliveries.state, state)));
  return affectedRows === 1;
}

async function send(ctx: Ctx, { id, channel, notifiedAt }: Delivery, one: Recorded): Promise<void> {
  const key = `delivery-${id}-${notifiedAt.epochMilliseconds.toString(36)}`;
  const outcome = await CARRIERS[channel].send(ctx, { ...one.message, key }, one.recipient).then(
    ({ providerId }) => ({ state: 'sent' as const, providerId, sentAt: Temporal.Now.instant(), error: null }),
    (error: unknown) => ({ state: stateAfter(error), error: reasonOf(error) }),
  );
  await ctx.db.update(deliveries).set(outcome).where(eq(deliveries.id, id));
  const { state, error } = outcome;
  const level = error === null ? 'debug' : 'warn';
  ctx.services.log[level](
    { deliveryId: id, channel, state, ...(error ? { reason: error } : {}) },
    'delivery',
  );
}

function stateAfter(error: unknown): 'failed' | 'skipped' | 'queued' {
  if (error instanceof PermanentFailure) return 'failed';
  return error instanceof Unreachable ? 'skipped' : 'queued';
}

const stillQueued = (ids: readonly number[]) =>
  and(inArray(deliveries.notificationId, [...ids]), eq(deliveries.state, 'queued'));

async function countQueued(ctx: Ctx, ids: readonly number[]): Promise<number> {
  const [row] = await ctx.db.select({ left: count() }).from(deliveries).where(stillQueued(ids));
  return row?.left ?? 0;
}

async function giveUp(ctx: Ctx, ids: readonly number[]): Promise<number> {
  const [{ affectedRows }] = await ctx.db.update(deliveries).set({ state: 'failed' }).where(stillQueued(ids));
  return affectedRows;
}
