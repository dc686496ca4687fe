import { sql } from 'drizzle-orm';
import { type Ctx, transaction } from '../../context.ts';
import { CARRIERS } from './channels/carriers.ts';
import type { Attachment, Message } from './channels/channel.ts';
import { CHANNELS, type ChannelName, type Kind } from './kinds.ts';
import type { Content } from './messages/content.ts';
import { wantedChannels } from './preferences.ts';
import type { Recipient } from './recipients.ts';
import { deliveries, notifications } from './tables.ts';

/** One person to be told one thing. */
export type Notice = {
  kind: Kind;
  recipient: Recipient;
  content: Content;
  attachments: readonly Attachment[];
};

/** A notice that has its rows: what the channels need to carry it. */
export type Recorded = { notificationId: number; recipient: Recipient; message: Omit<Message, 'key'> };

/**
 * Writes the notification and its delivery on each channel, or finds those of an earlier run of the same event.
 * A channel that cannot reach the person, or that they switched off, is `skipped` from the start.
 */
export async function record(ctx: Ctx, eventId: string, notice: Notice): Promise<Recorded> {
  const { kind, recipient, content, attachments } = notice;
  const obstacles = await obstaclesOf(ctx, kind, recipient);
  const notificationId = await transaction(ctx, async (tx) => {
    const [{ insertId: id }] = await tx.db
      .insert(notifications)
      .values({
        eventKey: `${eventId}:${recipient.key}`,
        kind,
        userId: recipient.userId,
        patientId: recipient.patientId,
        therapistId: recipient.therapistId,
        title: content.title.slice(0, 200),
        body: content.lead.slice(0, 2_000),
        createdAt: tx.now,
      })
      .onDuplicateKeyUpdate({ set: { id: sql`last_insert_id(${notifications.id})` } });
    await tx.db
      .insert(deliveries)
      .values(
        CHANNELS.map((channel) => ({
          notificationId: id,
          channel,
          state: obstacles[channel] === null ? ('queued' as const) : ('skipped' as const),
          error: obstacles[channel],
        })),
      )
      .onDuplicateKeyUpdate({ set: { id: sql`${deliveries.id}` } });
    return id;
  });
  return { notificationId, recipient, message: { notificationId, kind, content, attachments } };
}

async function obstaclesOf(
  ctx: Ctx,
  kind: Kind,
  recipient: Recipient,
): Promise<Record<ChannelName, string | null>> {
  const wanted = await wantedChannels(ctx, recipient.userId, kind);
  const obstacle = async (channel: ChannelName) =>
    wanted[channel] ? CARRIERS[channel].obstacle(ctx, recipient) : 'switched_off';
  const [email, sms, push] = await Promise.all([obstacle('email'), obstacle('sms'), obstacle('push')]);
  return { email, sms, push };
}
