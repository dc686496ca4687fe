import { eq } from 'drizzle-orm';
import { type Ctx, transaction } from '../../context.ts';
import { audit } from '../../db/audit.ts';
import { notFound } from '../../errors.ts';
import { patients } from '../patients/tables.ts';
import { users } from '../users/tables.ts';
import type { Kind } from './kinds.ts';
import { notificationOptOuts, notificationPreferences } from './tables.ts';
import { subscriberOf } from './unsubscribe-link.ts';

/**
 * Ends the mails that the token names; doing it twice is no error. Returns their kind.
 * @throws AppError NOT_FOUND for a token that is none
 */
export async function endMails(ctx: Ctx, token: string): Promise<Kind> {
  const subscriber = await subscriberOf(ctx, token);
  if (!subscriber) throw notFound();
  const { kind, of, id } = subscriber;
  await transaction(ctx, (tx) => (of === 'user' ? endOfAccount(tx, id, kind) : endOfPatient(tx, id, kind)));
  return kind;
}

async function endOfAccount(tx: Ctx, userId: number, kind: Kind): Promise<void> {
  const [account] = await tx.db
    .select({ id: users.id })
    .from(users)
    .where(eq(users.id, userId))
    .for('update');
  if (!account) throw notFound();
  const [row] = await tx.db
    .select({ channels: notificationPreferences.channels })
    .from(notificationPreferences)
    .where(eq(notificationPreferences.userId, userId));
  const before = row?.channels ?? {};
  if (before[kind]?.email === false) return;
  const channels = { ...before, [kind]: { ...before[kind], email: false } };
  await tx.db
    .insert(notificationPreferences)
    .values({ userId, channels, updatedAt: tx.now })
    .onDuplicateKeyUpdate({ set: { channels, updatedAt: tx.now } });
  await audit(tx, {
    action: 'unsubscribe',
    entity: 'notification_preferences',
    entityId: userId,
    before: { channels: before },
    after: { channels },
  });
}

async function endOfPatient(tx: Ctx, patientId: number, kind: Kind): Promise<void> {
  const [patient] = await tx.db
    .select({ userId: patients.userId })
    .from(patients)
    .where(eq(patients.id, patientId))
    .for('update');
  if (!patient) throw notFound();
  // The mail is older than the account.
  if (patient.userId !== null) return endOfAccount(tx, patient.userId, kind);
  const [row] = await tx.db
    .select({ kinds: notificationOptOuts.kinds })
    .from(notificationOptOuts)
    .where(eq(notificationOptOuts.patientId, patientId));
  const before = row?.kinds ?? [];
  if (before.includes(kind)) return;
  const kinds = [...before, kind];
  await tx.db
    .insert(notificationOptOuts)
    .values({ patientId, kinds, updatedAt: tx.now })
    .onDuplicateKeyUpdate({ set: { kinds, updatedAt: tx.now } });
  await audit(tx, {
    action: 'unsubscribe',
    entity: 'notification_opt_outs',
    entityId: patientId,
    before: { kinds: before },
    after: { kinds },
  });
}
