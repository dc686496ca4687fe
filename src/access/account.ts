import { and, eq, isNull } from 'drizzle-orm';
import { patients } from '../modules/patients/tables.ts';
import { therapists } from '../modules/therapists/tables.ts';
import { users } from '../modules/users/tables.ts';
import { GRANTS } from './grants.ts';

/**
 * What a look-up of accounts selects of an actor; needs LEFT JOINs of {@link heldRole}, {@link ownPatient} and
 * {@link ownTherapist}.
 */
export const ACCOUNT = {
  userId: users.id,
  role: users.role,
  ...GRANTS,
  isSuperuser: users.isSuperuser,
  patientId: patients.id,
  therapistId: therapists.id,
};

/** ON: the records that an account is linked to, unless they are deleted. */
export const ownPatient = and(eq(patients.userId, users.id), isNull(patients.deletedAt));
export const ownTherapist = and(eq(therapists.userId, users.id), isNull(therapists.deletedAt));

/** Whether the account may be used. */
export const isUsable = and(eq(users.isActive, true), isNull(users.deletedAt));
