import { and, eq } from 'drizzle-orm';
import type { Ctx } from '../../context.ts';
import { deliveries } from './tables.ts';

/** A delivery as its row stands. */
export type Delivery = Pick<
  typeof deliveries.$inferSelect,
  'channel' | 'state' | 'attempts' | 'claimedUntil' | 'interruptions'
>;

/** How long a provider may take, everything included, in ms; what comes later counts as no answer. */
export const SEND_DEADLINE = 15_000;
/** A run that sends is left alone this long: past its deadline it writes nothing but its result, in ms. */
const LEASE = 20_000;

/** A run may be cut off once before it wrote down the provider's answer; after that nobody knows what was sent. */
const MOST_INTERRUPTIONS = 1;

export const leaseEnd = (): Temporal.Instant => Temporal.Now.instant().add({ milliseconds: LEASE });

/** What may be done about a delivery of an earlier run. */
export type Claim =
  | { kind: 'send'; attempt: number }
  /** Another run is at it: ask again after so many ms. */
  | { kind: 'busy'; ms: number }
  | { kind: 'over' };

/**
 * Makes the delivery this run's own, for one attempt; of two runs that try, one succeeds. One that was cut off twice
 * has failed: whether its message arrived is unknown, and a third one would be one too many.
 */
export async function claim(ctx: Ctx, notificationId: number, delivery: Delivery): Promise<Claim> {
  const { channel, state, attempts, claimedUntil, interruptions } = delivery;
  const left = claimedUntil === null ? 0 : claimedUntil.epochMilliseconds - Date.now();
  if (left > 0) return { kind: 'busy', ms: left };
  const wasCutOff = claimedUntil !== null;
  const isOver = wasCutOff && interruptions >= MOST_INTERRUPTIONS;
  const [{ affectedRows }] = await ctx.db
    .update(deliveries)
    .set(
      isOver
        ? { state: 'failed', error: 'interrupted', claimedUntil: null }
        : {
            state: 'queued',
            attempts: attempts + 1,
            claimedUntil: leaseEnd(),
            interruptions: interruptions + (wasCutOff ? 1 : 0),
          },
    )
    .where(isAsRead(notificationId, channel, attempts, state));
  if (affectedRows === 0) return { kind: 'busy', ms: LEASE };
  return isOver ? { kind: 'over' } : { kind: 'send', attempt: attempts + 1 };
}

/** Writes down how an attempt ended, unless a later one has begun. */
export async function finish(
  ctx: Ctx,
  notificationId: number,
  channel: Delivery['channel'],
  attempt: number,
  outcome: Partial<typeof deliveries.$inferInsert>,
): Promise<void> {
  await ctx.db
    .update(deliveries)
    .set({ ...outcome, claimedUntil: null })
    .where(isAsRead(notificationId, channel, attempt, 'queued'));
}

const isAsRead = (
  notificationId: number,
  channel: Delivery['channel'],
  attempts: number,
  state: Delivery['state'],
) =>
  and(
    eq(deliveries.notificationId, notificationId),
    eq(deliveries.channel, channel),
    eq(deliveries.attempts, attempts),
    eq(deliveries.state, state),
  );
