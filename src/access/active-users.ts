import { and, countDistinct, gt, isNull, sql } from 'drizzle-orm';
import type { Database } from '../db/client.ts';
import { sessions } from '../modules/users/tables.ts';

/** How many people are signed in: users with at least one live session. */
export async function countActiveUsers(db: Database): Promise<number> {
  const [row] = await db
    .select({ users: countDistinct(sessions.userId) })
    .from(sessions)
    .where(and(isNull(sessions.revokedAt), gt(sessions.expiresAt, sql`utc_timestamp(3)`)));
  return row?.users ?? 0;
}
