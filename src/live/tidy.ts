import { sql } from 'drizzle-orm';
import type { Database } from '../db/client.ts';
import { liveEvents } from './tables.ts';

/** Minutes after which nobody can go on from an event any more. */
const KEPT = 60;
const ROWS = 1_000;

/** Deletes the events that are too old, a thousand at a time so that no lock is held for long. */
export async function tidyLiveEvents(db: Database): Promise<void> {
  for (;;) {
    const [{ affectedRows }] = await db
      .delete(liveEvents)
      .where(sql`${liveEvents.createdAt} < now(3) - interval ${sql.raw(String(KEPT))} minute`)
      .orderBy(liveEvents.createdAt)
      .limit(ROWS);
    if (affectedRows < ROWS) return;
  }
}
