import { and, eq, lt, sql } from 'drizzle-orm';
import type { Services } from '../context.ts';
import { sessions } from '../modules/users/tables.ts';

/** Seconds between two notes that a session is in use: the list of sessions needs no more. */
const EVERY = 60;
const MOST = 10_000;

/**
 * Returns the function that notes a session's use, at most every {@link EVERY} seconds. It does not hold up the
 * request, and a failure is only logged: the next use notes it again.
 */
export function lastSeenNoter(): (services: Services, sessionId: string) => void {
  const noted = new Map<string, number>();
  return ({ db, log }, sessionId) => {
    const now = Date.now();
    if (now - (noted.get(sessionId) ?? 0) < EVERY * 1_000) return;
    if (noted.size >= MOST) noted.clear();
    noted.set(sessionId, now);
    const stale = lt(sessions.lastSeenAt, sql`utc_timestamp(3) - interval ${EVERY} second`);
    db.update(sessions)
      .set({ lastSeenAt: sql`utc_timestamp(3)` })
      .where(and(eq(sessions.id, sessionId), stale))
      .catch(() => log.warn('the use of a session could not be noted'));
  };
}
