import { eq } from 'drizzle-orm';
import * as v from 'valibot';
import { user } from '../../access/ownership.ts';
import { type Ctx, transaction } from '../../context.ts';
import { audit } from '../../db/audit.ts';
import { notFound } from '../../errors.ts';
import { assertUnchanged } from '../../http/etag.ts';
import { users } from '../users/tables.ts';
import { type ChannelName, FIXED_CHANNELS, type Kind } from './kinds.ts';
import { ChannelsByKind, type Preferences } from './schemas.ts';
import { notificationPreferences } from './tables.ts';

/** The caller's language and channels; what was never set is on. */
export async function preferences(ctx: Ctx): Promise<v.InferOutput<typeof Preferences>> {
  const { userId } = user(ctx);
  const [row] = await ctx.db
    .select({ language: users.language, channels: notificationPreferences.channels })
    .from(users)
    .leftJoin(notificationPreferences, eq(notificationPreferences.userId, users.id))
    .where(eq(users.id, userId));
  if (!row) throw notFound();
  return { language: row.language, channels: v.parse(ChannelsByKind, row.channels ?? {}) };
}

/** Replaces the caller's preferences. @throws AppError PRECONDITION_FAILED */
export function setPreferences(ctx: Ctx, wanted: v.InferOutput<typeof Preferences>) {
  const { userId } = user(ctx);
  const { language, channels } = wanted;
  return transaction(ctx, async (tx) => {
    await tx.db.select({ id: users.id }).from(users).where(eq(users.id, userId)).for('update');
    const before = await preferences(tx);
    assertUnchanged(tx, before);
    await tx.db.update(users).set({ language, updatedAt: tx.now }).where(eq(users.id, userId));
    await tx.db
      .insert(notificationPreferences)
      .values({ userId, channels, updatedAt: tx.now })
      .onDuplicateKeyUpdate({ set: { channels, updatedAt: tx.now } });
    await audit(tx, {
      action: 'update',
      entity: 'notification_preferences',
      entityId: userId,
      before,
      after: wanted,
    });
    return wanted;
  });
}

/** The channels on which a person wants to hear of a kind; all of them without an account. */
export async function wantedChannels(
  ctx: Ctx,
  userId: number | null,
  kind: Kind,
): Promise<Record<ChannelName, boolean>> {
  if (userId === null) return { ...v.parse(ChannelsByKind, {})[kind], ...FIXED_CHANNELS[kind] };
  const [row] = await ctx.db
    .select({ channels: notificationPreferences.channels })
    .from(notificationPreferences)
    .where(eq(notificationPreferences.userId, userId));
  return { ...v.parse(ChannelsByKind, row?.channels ?? {})[kind], ...FIXED_CHANNELS[kind] };
}
