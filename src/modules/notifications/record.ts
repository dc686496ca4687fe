import { eq, inArray } from 'drizzle-orm';
import { publish } from '../../live/publish.ts';
import { type Ctx, transaction } from '../../context.ts';
import { bulkInsert } from '../../db/bulk-insert.ts';
import { duplicateField } from '../../db/failure.ts';
import type { Invitation } from '../appointments/invitation.ts';
import { CARRIERS } from './channels/carriers.ts';
import { CHANNELS, type ChannelName, type Kind } from './kinds.ts';
import { type Delivery, leaseEnd } from './lease.ts';
import { channelOf, NOTIFIED } from './live.ts';
import type { Content } from './messages/content.ts';
import { isWanted } from './preferences.ts';
import type { Recipient } from './recipients.ts';
import { deliveries, notifications } from './tables.ts';
import { together } from './together.ts';

/** One person to be told one thing. */
export type Notice = {
  kind: Kind;
  recipient: Recipient;
  content: Content;
  /** For the recipient's calendar; goes by mail. */
  invitation?: Invitation;
  /** Until when it may wait for the end of the person's quiet hours; for ever if absent. */
  usefulUntil?: Temporal.Instant;
};

/** A notice that has its rows. */
export type Recorded = {
  notice: Notice;
  notificationId: number;
  createdAt: Temporal.Instant;
  deliveries: readonly Delivery[];
  /** Whether this run has made the rows: then what is queued is claimed for its first attempt. */
  isNew: boolean;
};

type Keyed = { key: string; notice: Notice; createdAt: Temporal.Instant };

/**
 * Writes the notifications and their deliveries on each channel, or finds those of an earlier run of the same events.
 * A channel that cannot reach the person, or that they switched off, is `skipped` from the start; the others are
 * claimed at once. Who listens hears of a notification when this commits.
 */
export async function record(ctx: Ctx, eventId: string, notices: readonly Notice[]): Promise<Recorded[]> {
  const keyed = notices.map((notice) => ({
    key: `${eventId}:${notice.recipient.key}`,
    notice,
    createdAt: ctx.now,
  }));
  if (keyed.length === 0) return [];
  try {
    return await insert(ctx, keyed);
  } catch (error) {
    if (duplicateField(error) !== 'event_key') throw error;
    const before = await recordedBefore(ctx, keyed);
    const missing = keyed.filter(({ key }) => !before.has(key));
    return [...before.values(), ...(missing.length > 0 ? await insert(ctx, missing) : [])];
  }
}

/** Those of several events in one transaction. */
const insert = together<readonly Keyed[], Recorded[]>((ctx, events) =>
  transaction(ctx, async (tx) => {
    const keyed = events.flat();
    const ids = await bulkInsert(
      tx.db,
      notifications,
      keyed.map(({ key, notice: { kind, recipient, content }, createdAt }) => ({
        eventKey: key,
        kind,
        userId: recipient.userId,
        patientId: recipient.patientId,
        therapistId: recipient.therapistId,
        title: content.title.slice(0, 200),
        body: content.lead.slice(0, 2_000),
        createdAt,
      })),
    );
    const idOf = new Map(keyed.map(({ key }, i) => [key, ids[i] ?? 0]));
    const rows = keyed.flatMap(({ key, notice }) =>
      CHANNELS.map((channel) => ({ notificationId: idOf.get(key) ?? 0, ...firstState(tx, notice, channel) })),
    );
    const deliveryIds = await bulkInsert(tx.db, deliveries, rows);
    const made = rows.map((row, i): Delivery & typeof row => ({ ...row, id: deliveryIds[i] ?? 0 }));
    const byNotification = Map.groupBy(made, ({ notificationId }) => notificationId);
    return events.map((event) =>
      event.map(({ key, notice, createdAt }) => {
        const notificationId = idOf.get(key) ?? 0;
        const { userId } = notice.recipient;
        if (userId !== null) publish(tx, channelOf(userId), NOTIFIED, { id: notificationId });
        const mine = byNotification.get(notificationId) ?? [];
        return { notice, notificationId, createdAt, deliveries: mine, isNew: true };
      }),
    );
  }),
);

function firstState(ctx: Ctx, { kind, recipient }: Notice, channel: ChannelName) {
  const obstacle = isWanted(recipient.channels, kind, channel)
    ? CARRIERS[channel].obstacle(ctx, recipient)
    : 'switched_off';
  const isOpen = obstacle === null;
  return {
    channel,
    state: isOpen ? ('queued' as const) : ('skipped' as const),
    attempts: isOpen ? 1 : 0,
    claimedUntil: isOpen ? leaseEnd() : null,
    interruptions: 0,
    error: obstacle,
  };
}

async function recordedBefore(ctx: Ctx, keyed: readonly Keyed[]): Promise<Map<string, Recorded>> {
  const rows = await ctx.db
    .select({
      notification: { id: notifications.id, key: notifications.eventKey, createdAt: notifications.createdAt },
      delivery: {
        id: deliveries.id,
        channel: deliveries.channel,
        state: deliveries.state,
        attempts: deliveries.attempts,
        claimedUntil: deliveries.claimedUntil,
        interruptions: deliveries.interruptions,
      },
    })
    .from(notifications)
    .innerJoin(deliveries, eq(deliveries.notificationId, notifications.id))
    .where(
      inArray(
        notifications.eventKey,
        keyed.map(({ key }) => key),
      ),
    );
  const byKey = Map.groupBy(rows, ({ notification }) => notification.key);
  return new Map(
    keyed.flatMap(({ key, notice }): [string, Recorded][] => {
      const found = byKey.get(key);
      if (!found?.[0]) return [];
      const { id: notificationId, createdAt } = found[0].notification;
      const deliveries = found.map(({ delivery }) => delivery);
      return [[key, { notice, notificationId, createdAt, deliveries, isNew: false }]];
    }),
  );
}
