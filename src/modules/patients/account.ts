import { and, eq, inArray, isNull } from 'drizzle-orm';
import { rightsChanged } from '../../access/rights-changed.ts';
import type { Ctx } from '../../context.ts';
import { conflict, InvalidField } from '../../errors.ts';
import { therapists } from '../therapists/tables.ts';
import { users } from '../users/tables.ts';
import { patients } from './tables.ts';

const UNKNOWN = { es: 'No existe.', en: 'Does not exist.' };

/** What a record of each kind asks of the account it is linked to. */
const KINDS = {
  patient: {
    other: therapists,
    isOther: { es: 'La cuenta es de un terapeuta.', en: 'The account is a therapist’s.' },
    wrongRole: { es: 'La cuenta no tiene el rol Paciente.', en: 'The account has not the role patient.' },
  },
  therapist: {
    other: patients,
    isOther: { es: 'La cuenta es de un paciente.', en: 'The account is a patient’s.' },
    wrongRole: { es: 'La cuenta no tiene el rol Terapeuta.', en: 'The account has not the role therapist.' },
  },
};

/**
 * Refuses to link a record to an account of another role; a user is not a therapist and a patient at once. The
 * account stays locked, so that it cannot be linked on the other side meanwhile.
 * @throws InvalidField or FieldConflict against `user_id`
 */
export async function assertLinkable(tx: Ctx, userId: number, kind: keyof typeof KINDS): Promise<void> {
  const { other, isOther, wrongRole } = KINDS[kind];
  const [account] = await tx.db
    .select({ role: users.role })
    .from(users)
    .where(and(eq(users.id, userId), isNull(users.deletedAt)))
    .for('update');
  if (!account) throw new InvalidField('user_id', UNKNOWN);
  const [taken] = await tx.db.select({ id: other.id }).from(other).where(eq(other.userId, userId));
  if (taken) throw conflict('user_id', isOther);
  if (account.role !== kind) throw new InvalidField('user_id', wrongRole);
}

type Linked = { userId: number | null } | null;

/** Makes the accounts' sessions know what a committed change of a record's account, or of its deletion, gave or took. */
export async function accountsChanged(ctx: Ctx, before: Linked, after: Linked): Promise<void> {
  const [from, to] = [before?.userId, after?.userId];
  if (from === to) return;
  const userIds = [from, to].filter((id) => typeof id === 'number');
  if (userIds.length === 0) return;
  await rightsChanged(ctx, inArray(users.id, userIds));
}
