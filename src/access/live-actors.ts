import { and, eq, gt, inArray, isNull, sql } from 'drizzle-orm';
import type { UserActor } from '../context.ts';
import type { Database } from '../db/client.ts';
import { patients } from '../modules/patients/tables.ts';
import { therapists } from '../modules/therapists/tables.ts';
import { sessions, users } from '../modules/users/tables.ts';

/** The accounts behind those of the given sessions that are live, by session id: one query by primary keys. */
export async function liveActors(db: Database, sessionIds: string[]): Promise<Map<string, UserActor>> {
  const rows = await db
    .select({
      sessionId: sessions.id,
      userId: users.id,
      role: users.role,
      isSuperuser: users.isSuperuser,
      patientId: patients.id,
      therapistId: therapists.id,
    })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .leftJoin(patients, and(eq(patients.userId, users.id), isNull(patients.deletedAt)))
    .leftJoin(therapists, and(eq(therapists.userId, users.id), isNull(therapists.deletedAt)))
    .where(
      and(
        inArray(sessions.id, sessionIds),
        isNull(sessions.revokedAt),
        gt(sessions.expiresAt, sql`utc_timestamp(3)`),
        eq(users.isActive, true),
        isNull(users.deletedAt),
      ),
    );
  return new Map(rows.map((row) => [row.sessionId, { kind: 'user', ...row }]));
}
