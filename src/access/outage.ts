import type { UserActor } from '../context.ts';
import { databaseFailure } from '../db/failure.ts';
import { AppError } from '../errors.ts';
import { patiently } from '../patience.ts';
import type { Permission } from './enforcer.ts';
import type { Sessions } from './sessions.ts';

/** What a route is permitted by, and that it is to answer while nobody can look up a session. */
export type OutagePermit = { permission: Permission; inOutage: true };

/**
 * For reading routes that have a last good answer: while the database is away or does not answer, they believe a
 * session that they have verified on this instance in the last five minutes. It may have been closed since on another
 * instance, in the moment before the outage; during it nobody can close one. All other routes answer 503.
 */
export const inOutage = (permission: Permission): OutagePermit => ({ permission, inOutage: true });

/** Milliseconds that a verified session is believed. */
const BELIEVED = 300_000;
const MOST = 10_000;

/** Looks up sessions as `sessions` does; `findInOutage` remembers what it has found, and closed ones are forgotten. */
export function withMemory(sessions: Sessions): Sessions {
  const verified = new Map<string, { actor: UserActor; at: number }>();
  const remember = (id: string, actor: UserActor | null) => {
    verified.delete(id);
    if (actor) verified.set(id, { actor, at: Date.now() });
    const [oldest] = verified.keys();
    if (verified.size > MOST && oldest !== undefined) verified.delete(oldest);
    return actor;
  };
  return {
    ...sessions,
    findInOutage: async (id) => {
      try {
        return remember(id, await patiently(() => sessions.find(id)));
      } catch (error) {
        const known = verified.get(id);
        if (known && Date.now() - known.at < BELIEVED) return known.actor;
        throw databaseFailure(error) ?? new AppError('DATABASE_UNAVAILABLE', undefined, 5);
      }
    },
    changed: async (ids) => {
      for (const id of ids) verified.delete(id);
      await sessions.changed(ids);
    },
  };
}
