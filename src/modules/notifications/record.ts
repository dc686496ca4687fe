import { eq, inArray } from 'drizzle-orm';
import { type Ctx, transaction } from '../../context.ts';
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

type Keyed = { key: string; notice: Notice };

/**
 * Writes the notifications and their deliveries on each channel, or finds those of an earlier run of the same events.
 * A channel that cannot reach the person, or that they switched off, is `skipped` from the start; the others are
 * claimed at once. Who listens hears of a notification when this commits.
 */
export async function record(ctx: Ctx, eventId: string, notices: readonly Notice[]): Promise<Recorded[]> {
  const keyed = notices.map((notice) => ({
    key: `${eventId}:${notice.recipient.key}`,
    notice,
  }));
  try {
    return await insert(ctx, keyed);
  } catch (error) {
    if (duplicateField(error) !== 'event_key') throw error;
    const before = await recordedBefore(ctx, keyed);
    const missing = keyed.filter(({ key }) => !before.has(key));
    return [...before.values(), ...(await insert(ctx, missing))];
  }
}

async function insert(ctx: Ctx, keyed: readonly Keyed[]): Promise<Recorded[]> {
  if (keyed.length === 0) return [];
  return transaction(ctx, async (tx) => {
    const rows = keyed.map(({ key, notice: { kind, recipient, content } }) => ({
      eventKey: key,
      kind,
      userId: recipient.userId,
      patientId: recipient.patientId,
      therapistId: recipient.therapistId,
      title: content.title.slice(0, 200),
      body: content.lead.slice(0, 2_000),
      createdAt: tx.now,
    }));
    const [{ insertId }] = await tx.db.insert(notifications).values(rows);
    const ids = keyed.length === 1 ? [insertId] : await idsOf(tx, keyed);
    const recorded = keyed.map(({ notice }, i) => ({
      notice,
      notificationId: ids[i] ?? 0,
      createdAt: tx.now,
      deliveries: CHANNELS.map((channel) => firstState(tx, notice, channel)),
      isNew: true,
    }));
    await tx.db
      .insert(deliveries)
      .values(
        recorded.flatMap(({ notificationId, deliveries }) =>
          deliveries.map((one) => ({ ...one, notificationId })),
        ),
      );
    for (const { notice, notificationId: id } of recorded) {
      const { userId } = notice.recipient;
      if (userId !== null) tx.services.live.publish(tx, channelOf(userId), NOTIFIED, { id });
    }
    return recorded;
  });
}

async function idsOf(tx: Ctx, keyed: readonly Keyed[]): Promise<(number | undefined)[]> {
  const keys = keyed.map(({ key }) => key);
  const rows = await tx.db
    .select({ id: notifications.id, key: notifications.eventKey })
    .from(notifications)
    .where(inArray(notifications.eventKey, keys));
  const ids = new Map(rows.map(({ key, id }) => [key, id]));
  return keys.map((key) => ids.get(key));
}

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
