import { and, eq, isNull } from 'drizzle-orm';
import { user, visiblePatients } from '../../access/ownership.ts';
import type { Ctx } from '../../context.ts';
import { AppError, InvalidField, type Text } from '../../errors.ts';
import { localDay } from '../../time.ts';
import { patients } from '../patients/tables.ts';

/** What every entry in a patient's record has: whose it is and who answers for it. */
type Owners = { patient_id?: number | undefined; therapist_id?: number | undefined };

const UNKNOWN: Text = { es: 'No existe.', en: 'Does not exist.' };
const REQUIRED: Text = { es: 'Es obligatorio.', en: 'Is required.' };
const KEPT: Text = {
  es: 'El paciente de un registro no se cambia.',
  en: 'The patient of an entry cannot be changed.',
};
const FUTURE: Text = { es: 'Está en el futuro.', en: 'Is in the future.' };
const ONESELF: Text = {
  es: 'Un terapeuta escribe en su propio nombre.',
  en: 'Therapists write in their own name.',
};

/** Whether the caller writes for this therapist: an administrator for any, therapists for themselves. */
export const writesFor = (ctx: Ctx, { therapistId }: { therapistId: number }): boolean =>
  ctx.scopes.includes('any') || user(ctx).therapistId === therapistId;

/**
 * Who a new entry is about and by: therapists write in their own name and for their patients.
 * @throws InvalidField against `patient_id` or `therapist_id`, AppError INSUFFICIENT_PERMISSIONS
 */
export async function ownersOf(
  tx: Ctx,
  { patient_id: patientId, therapist_id: named }: { patient_id: number; therapist_id?: number | undefined },
): Promise<{ patientId: number; therapistId: number }> {
  const therapistId = named ?? (tx.actor.kind === 'user' ? tx.actor.therapistId : null);
  if (!therapistId) throw new InvalidField('therapist_id', REQUIRED);
  assertWritesFor(tx, therapistId);
  const [patient] = await tx.db
    .select({ id: patients.id })
    .from(patients)
    .where(and(eq(patients.id, patientId), isNull(patients.deletedAt), visiblePatients(tx, patients.id)));
  if (!patient) throw new InvalidField('patient_id', UNKNOWN);
  return { patientId, therapistId };
}

/**
 * An entry stays its patient's; administrators may put it under another therapist's name.
 * @throws InvalidField against `patient_id`, AppError INSUFFICIENT_PERMISSIONS
 */
export function assertOwnersKept(tx: Ctx, current: { patientId: number }, input: Owners): void {
  if ((input.patient_id ?? current.patientId) !== current.patientId)
    throw new InvalidField('patient_id', KEPT);
  if (input.therapist_id !== undefined) assertWritesFor(tx, input.therapist_id);
}

function assertWritesFor(ctx: Ctx, therapistId: number): void {
  if (writesFor(ctx, { therapistId })) return;
  throw new AppError('INSUFFICIENT_PERMISSIONS', { therapist_id: [ONESELF[ctx.language]] });
}

/** The clinic's calendar day. */
export const today = (ctx: Ctx): string => localDay(ctx.now, ctx.services.config.timeZone);

/** @throws InvalidField for a day after today */
export function assertNotFuture(ctx: Ctx, field: string, day: string | undefined): void {
  if (day !== undefined && day > today(ctx)) throw new InvalidField(field, FUTURE);
}
