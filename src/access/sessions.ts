import type { CacheUse } from '../cache/use.ts';
import type { Database } from '../db/client.ts';
import type { UserActor } from '../context.ts';
import { batched } from './batched.ts';
import { liveActors } from './live-actors.ts';

/** Who is behind a session id at this moment; null when the session is closed, expired, or its account inactive. */
export type Sessions = {
  find: (sessionId: string) => Promise<UserActor | null>;
  /** To be called after the commit of a change to these sessions or to what their actors may do. */
  changed: (sessionIds: readonly string[]) => Promise<void>;
  /** `find` for routes that answer while the database is away (outage.ts); without a memory it is `find`. */
  findInOutage?: (sessionId: string) => Promise<UserActor | null>;
  /** Of the copies, where there are any. */
  cache?: CacheUse;
};

/**
 * Sessions read from the database on every request, so that a logout on one instance holds on all of them at once.
 * Requests that arrive together share one query (`batched`), which keeps the price low under load.
 */
export const databaseSessions = (db: Database): Sessions => ({
  find: batched((ids) => liveActors(db, ids)),
  changed: async () => {},
});
