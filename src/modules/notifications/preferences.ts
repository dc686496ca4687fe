import { eq } from 'drizzle-orm';
import * as v from 'valibot';
import { user } from '../../access/ownership.ts';
import { type Ctx, transaction } from '../../context.ts';
import { audit } from '../../db/audit.ts';
import { InvalidField, notFound } from '../../errors.ts';
import { assertUnchanged } from '../../http/etag.ts';
import { toTimeText } from '../therapists/schedule.ts';
import { users } from '../users/tables.ts';
import { type ChannelName, FIXED_CHANNELS, type Kind } from './kinds.ts';
import type { Recipient } from './recipients.ts';
import { ChannelsByKind, type Preferences as PreferencesSchema } from './schemas.ts';
import { notificationPreferences } from './tables.ts';

type Preferences = v.InferOutput<typeof PreferencesSchema>;

/** The caller's language, channels and quiet hours; what was never set is on. */
export async function preferences(ctx: Ctx): Promise<Preferences> {
  const { userId } = user(ctx);
  const { channels, quietFrom, quietTo } = notificationPreferences;
  const [row] = await ctx.db
    .select({ language: users.language, channels, quietFrom, quietTo })
    .from(users)
    .leftJoin(notificationPreferences, eq(notificationPreferences.userId, users.id))
    .where(eq(users.id, userId));
  if (!row) throw notFound();
  return {
    language: row.language,
    channels: v.parse(ChannelsByKind, row.channels ?? {}),
    quiet_from: row.quietFrom === null ? null : toTimeText(row.quietFrom),
    quiet_to: row.quietTo === null ? null : toTimeText(row.quietTo),
  };
}

/** Replaces the caller's preferences. @throws InvalidField, AppError PRECONDITION_FAILED */
export function setPreferences(ctx: Ctx, wanted: Preferences): Promise<Preferences> {
  const { userId } = user(ctx);
  const { language, channels } = wanted;
  const [quietFrom, quietTo] = quietHoursOf(wanted);
  return transaction(ctx, async (tx) => {
    await tx.db.select({ id: users.id }).from(users).where(eq(users.id, userId)).for('update');
    const before = await preferences(tx);
    assertUnchanged(tx, before);
    await tx.db.update(users).set({ language, updatedAt: tx.now }).where(eq(users.id, userId));
    const values = { channels, quietFrom, quietTo, updatedAt: tx.now };
    await tx.db
      .insert(notificationPreferences)
      .values({ userId, ...values })
      .onDuplicateKeyUpdate({ set: values });
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

const BOTH = {
  es: 'Indique desde y hasta cuándo, con horas distintas, o ninguna de las dos.',
  en: 'Say both from and until when, at different times, or neither.',
};

function quietHoursOf({ quiet_from: from, quiet_to: to }: Preferences): [number | null, number | null] {
  if ((from === null) !== (to === null) || (from !== null && from === to))
    throw new InvalidField('quiet_to', BOTH);
  return [from === null ? null : toMinute(from), to === null ? null : toMinute(to)];
}

const toMinute = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));

/** Whether somebody with these channels wants to hear of a kind this way. */
export const isWanted = (channels: Recipient['channels'], kind: Kind, channel: ChannelName): boolean =>
  FIXED_CHANNELS[kind]?.[channel] ?? channels[kind]?.[channel] ?? true;
