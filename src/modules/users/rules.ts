import { and, asc, eq } from 'drizzle-orm';
import { isUsable } from '../../access/account.ts';
import type { Ctx } from '../../context.ts';
import { InvalidField, RuleViolation } from '../../errors.ts';
import { patients } from '../patients/tables.ts';
import { therapists } from '../therapists/tables.ts';
import { users } from './tables.ts';
import type { UserRow } from './view.ts';

const LAST = {
  rule: 'last_administrator',
  message: {
    es: 'Es el último administrador activo: nombre a otro antes.',
    en: 'It is the last active administrator: appoint another one first.',
  },
};
const IS_PATIENT = {
  es: 'La cuenta está vinculada a un paciente: desvincúlela antes.',
  en: 'The account is linked to a patient: unlink it first.',
};
const IS_THERAPIST = {
  es: 'La cuenta está vinculada a un terapeuta: desvincúlela antes.',
  en: 'The account is linked to a therapist: unlink it first.',
};

/**
 * Refuses to take the last active administrator away. They all stay locked until the commit, so that two who take
 * each other's role at the same time do not leave the clinic with none.
 * @throws RuleViolation `last_administrator`
 */
export async function assertAdministratorStays(tx: Ctx, leaving: UserRow): Promise<void> {
  if (leaving.role !== 'administrator' || !leaving.isActive) return;
  const administrators = await tx.db
    .select({ id: users.id })
    .from(users)
    .where(and(eq(users.role, 'administrator'), isUsable))
    .orderBy(asc(users.id))
    .for('update');
  if (administrators.every(({ id }) => id === leaving.id)) throw new RuleViolation([LAST]);
}

/**
 * A user is not a therapist and a patient at once (contract, "Access"): the role must not contradict the record that
 * the account is linked to, a deleted one included, as it can be restored.
 * @throws InvalidField against `role`
 */
export async function assertRoleFits(tx: Ctx, userId: number, role: string): Promise<void> {
  if (role !== 'therapist' && role !== 'patient') return;
  const other = role === 'therapist' ? patients : therapists;
  const [linked] = await tx.db.select({ id: other.id }).from(other).where(eq(other.userId, userId));
  if (linked) throw new InvalidField('role', role === 'therapist' ? IS_PATIENT : IS_THERAPIST);
}
