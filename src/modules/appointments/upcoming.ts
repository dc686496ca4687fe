import { and, count, eq, gt, inArray } from 'drizzle-orm';
import type { Ctx } from '../../context.ts';
import { RuleViolation } from '../../errors.ts';
import { OPEN } from './status.ts';
import { appointments } from './tables.ts';

/**
 * Refuses to take somebody away who is still expected. Bookings lock the person's row: when the caller has locked it,
 * none is being made.
 * @throws RuleViolation `has_upcoming_appointments`
 */
export async function assertNothingUpcoming(
  tx: Ctx,
  who: { patientId: number } | { therapistId: number },
): Promise<void> {
  const mine =
    'patientId' in who
      ? eq(appointments.patientId, who.patientId)
      : eq(appointments.therapistId, who.therapistId);
  const [row] = await tx.db
    .select({ upcoming: count() })
    .from(appointments)
    .where(and(mine, gt(appointments.endsAt, tx.now), inArray(appointments.status, OPEN)));
  const upcoming = row?.upcoming ?? 0;
  if (upcoming === 0) return;
  const message = {
    es: `Tiene ${upcoming} ${upcoming === 1 ? 'cita' : 'citas'} por venir. Cancele o reasigne sus citas primero.`,
    en: `There ${upcoming === 1 ? 'is 1 appointment' : `are ${upcoming} appointments`} to come. Cancel or reassign them first.`,
  };
  throw new RuleViolation([{ rule: 'has_upcoming_appointments', message }]);
}
