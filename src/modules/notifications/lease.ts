import { and, eq, sql } from 'drizzle-orm';
import type { Ctx } from '../../context.ts';
import { toUtcText } from '../../db/columns.ts';
import { deliveries } from './tables.ts';
import { together } from './together.ts';

/** A delivery as its row stands. */
export type Delivery = Pick<
  typeof deliveries.$inferSelect,
  'id' | 'channel' | 'state' | 'attempts' | 'claimedUntil' | 'interruptions'
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
export async function claim(ctx: Ctx, delivery: Delivery): Promise<Claim> {
  const { id, state, attempts, claimedUntil, interruptions } = delivery;
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
    .where(isAsRead(id, attempts, state));
  if (affectedRows === 0) return { kind: 'busy', ms: LEASE };
  return isOver ? { kind: 'over' } : { kind: 'send', attempt: attempts + 1 };
}

/** Writes down how an attempt ended that did not succeed, unless a later one has begun. */
export async function finish(
  ctx: Ctx,
  { id }: Delivery,
  attempt: number,
  outcome: Partial<typeof deliveries.$inferInsert>,
): Promise<void> {
  await ctx.db
    .update(deliveries)
    .set({ ...outcome, claimedUntil: null })
    .where(isAsRead(id, attempt, 'queued'));
}

const isAsRead = (id: number, attempts: number, state: Delivery['state']) =>
  and(eq(deliveries.id, id), eq(deliveries.attempts, attempts), eq(deliveries.state, state));

/** An attempt that succeeded: the provider took the message. */
type Sent = { id: number; attempt: number; sentAt: Temporal.Instant; providerId: string | null };

const noteSent = together<Sent, void>(async (ctx, all) => {
  const sent = JSON.stringify(all.map((one) => ({ ...one, sentAt: toUtcText(one.sentAt) })));
  // Row by row along the primary key, as in queue/relay.ts.
  await ctx.db.execute(sql`
    update json_table(${sent}, '$[*]' columns (
      id bigint unsigned path '$.id',
      attempt tinyint unsigned path '$.attempt',
      sent_at datetime(3) path '$.sentAt',
      provider_id varchar(255) path '$.providerId'
    )) as sent
    straight_join ${deliveries} as row_of force index (primary) on row_of.id = sent.id
    set row_of.state = 'sent', row_of.sent_at = sent.sent_at, row_of.provider_id = sent.provider_id,
      row_of.error = null, row_of.claimed_until = null
    where row_of.attempts = sent.attempt and row_of.state = 'queued'`);
  return all.map(() => undefined);
});

/** How long what a provider took is remembered while the database is away, and how often it is tried, in ms. */
const REMEMBERED = 10_000;
const TRIED_EVERY = 500;

/**
 * Writes down that a provider took a message, unless a later attempt has begun. Goes on for a while when the database
 * is away: what is not written down is sent again.
 */
export async function finishSent(ctx: Ctx, sent: Sent): Promise<void> {
  for (const end = Date.now() + REMEMBERED; ;) {
    try {
      return await noteSent(ctx, sent);
    } catch (error) {
      if (Date.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, TRIED_EVERY));
    }
  }
}
