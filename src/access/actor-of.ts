import { and, eq } from 'drizzle-orm';
import type { UserActor } from '../context.ts';
import type { Database } from '../db/client.ts';
import { roles } from '../modules/access/tables.ts';
import { patients } from '../modules/patients/tables.ts';
import { therapists } from '../modules/therapists/tables.ts';
import { users } from '../modules/users/tables.ts';
import { ACCOUNT, isUsable, ownPatient, ownTherapist } from './account.ts';
import { grantsOf, heldRole } from './grants.ts';

/** The account as an actor without a session, for work that it asked for earlier; null when it is no longer active. */
export async function actorOf(db: Database, userId: number): Promise<UserActor | null> {
  const [row] = await db
    .select(ACCOUNT)
    .from(users)
    .leftJoin(roles, heldRole)
    .leftJoin(patients, ownPatient)
    .leftJoin(therapists, ownTherapist)
    .where(and(eq(users.id, userId), isUsable));
  if (!row) return null;
  const { direct, byRole, ...account } = row;
  return { kind: 'user', sessionId: '', ...account, grants: grantsOf({ direct, byRole }) };
}
