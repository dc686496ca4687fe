import type { Ctx } from '../../context.ts';
import { REMINDER_KINDS, reminders } from './tables.ts';
import { WINDOWS } from './windows.ts';

/**
 * For an appointment that has just been given another time: a reminder whose hour has passed by then is not sent, since
 * the patient is being told of the new time anyway. Belongs into the move's transaction.
 */
export async function skipPassedReminders(
  tx: Ctx,
  { id, startsAt }: { id: number; startsAt: Temporal.Instant },
): Promise<void> {
  const passed = REMINDER_KINDS.filter(
    (kind) => Temporal.Instant.compare(startsAt.subtract({ hours: WINDOWS[kind].hours }), tx.now) < 0,
  );
  if (passed.length === 0) return;
  await tx.db
    .insert(reminders)
    .ignore()
    .values(passed.map((kind) => ({ appointmentId: id, kind, startsAt, createdAt: tx.now })));
}
