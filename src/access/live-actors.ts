import { and, eq, gt, inArray, isNull, sql } from 'drizzle-orm';
import type { UserActor } from '../context.ts';
import type { Database } from '../db/client.ts';
import { statement } from '../db/statement.ts';
import { roles } from '../modules/access/tables.ts';
import { patients } from '../modules/patients/tables.ts';
import { therapists } from '../modules/therapists/tables.ts';
import { sessions, users } from '../modules/users/tables.ts';
import { ACCOUNT, isUsable, ownPatient, ownTherapist } from './account.ts';
import { grantsOf, heldRole } from './grants.ts';

const byIds = (size: number) =>
  statement(
    (db) =>
      db
        .select({ sessionId: sessions.id, ...ACCOUNT })
        .from(sessions)
        .innerJoin(users, eq(users.id, sessions.userId))
        .leftJoin(roles, heldRole)
        .leftJoin(patients, ownPatient)
        .leftJoin(therapists, ownTherapist)
        .where(
          and(
            inArray(
              sessions.id,
              Array.from({ length: size }, (_, i) => sql.placeholder(`id${i}`)),
            ),
            isNull(sessions.revokedAt),
            gt(sessions.expiresAt, sql`utc_timestamp(3)`),
            isUsable,
          ),
        ),
    'binary',
  );

/** Prepared for a few sizes; a list in between is filled up with its last id. */
const SIZES = [1, 2, 4, 8, 16, 32, 64];
const STATEMENTS = new Map(SIZES.map((size) => [size, byIds(size)]));

/**
 * The accounts behind those of the given sessions that are live, by session id, with all that they are granted: one
 * query by unique keys.
 */
export async function liveActors(db: Database, sessionIds: string[]): Promise<Map<string, UserActor>> {
  const found = new Map<string, UserActor>();
  const largest = SIZES.at(-1) ?? 1;
  for (let start = 0; start < sessionIds.length; start += largest) {
    const some = sessionIds.slice(start, start + largest);
    const size = SIZES.find((size) => size >= some.length) ?? largest;
    const values = Object.fromEntries(
      Array.from({ length: size }, (_, i) => [`id${i}`, some[i] ?? some.at(-1)]),
    );
    const rows = (await STATEMENTS.get(size)?.(db, values)) ?? [];
    for (const { direct, byRole, ...row } of rows) {
      found.set(row.sessionId, { kind: 'user', ...row, grants: grantsOf({ direct, byRole }) });
    }
  }
  return found;
}
