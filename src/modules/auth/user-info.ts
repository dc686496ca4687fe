import { and, eq, isNull } from 'drizzle-orm';
import { ownPatient, ownTherapist } from '../../access/account.ts';
import type { Ctx } from '../../context.ts';
import { formatInstant } from '../../time.ts';
import { patients } from '../patients/tables.ts';
import { therapists } from '../therapists/tables.ts';
import { users } from '../users/tables.ts';

/** What a client learns of an account (contract, `user_info`). */
export async function userInfo(ctx: Ctx, userId: number) {
  const [row] = await ctx.db
    .select({ user: users, patientId: patients.id, therapistId: therapists.id })
    .from(users)
    .leftJoin(patients, ownPatient)
    .leftJoin(therapists, ownTherapist)
    .where(and(eq(users.id, userId), isNull(users.deletedAt)));
  if (!row) throw new Error('the signed-in account is gone');
  const { user } = row;
  return {
    id: user.id,
    username: user.username,
    email: user.email,
    first_name: user.firstName,
    last_name: user.lastName,
    full_name: `${user.firstName} ${user.lastName}`,
    phone: user.phone,
    role: user.role,
    roles: [user.role],
    patient_id: row.patientId,
    therapist_id: row.therapistId,
    is_superuser: user.isSuperuser,
    last_login: user.lastLogin && formatInstant(user.lastLogin, ctx.services.config.timeZone),
  };
}
