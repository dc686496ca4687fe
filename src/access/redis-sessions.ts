import type { RedisClientType } from 'redis';
import type { UserActor } from '../context.ts';
import { cacheUse } from '../cache/use.ts';
import type { Database } from '../db/client.ts';
import { batched } from './batched.ts';
import { liveActors } from './live-actors.ts';
import type { Sessions } from './sessions.ts';

type Redis = Pick<RedisClientType, 'mGet' | 'set'>;

/** Seconds that a copy of an account may be used before it is read again. */
const COPY_SECONDS = 60;
/** Seconds that a change is remembered: longer than a reader that began before it can take to write its copy. */
const CHANGE_SECONDS = 120;

const copyKey = (id: string) => `session:${id}`;
const changeKey = (id: string) => `session-change:${id}`;

type Copy = { change: string | null; actor: UserActor };

/**
 * Sessions with copies in Redis. A copy names the last change it knows of; `changed` gives the session a new one, so
 * that a copy written by a reader who began before the change is never believed. While Redis is down, the database
 * answers.
 */
export function redisSessions(db: Database, redis: Redis): Sessions {
  const cache = cacheUse();
  const fromDatabase = async (ids: string[]) => liveActors(db, ids);

  const lookUp = async (ids: string[]): Promise<Map<string, UserActor>> => {
    let found: (string | null)[];
    try {
      found = await redis.mGet(ids.flatMap((id) => [copyKey(id), changeKey(id)]));
    } catch {
      return fromDatabase(ids);
    }
    const actors = new Map<string, UserActor>();
    const missing: { id: string; change: string | null }[] = [];
    for (const [i, id] of ids.entries()) {
      const change = found[i * 2 + 1] ?? null;
      const text = found[i * 2];
      const copy = typeof text === 'string' ? (JSON.parse(text) as Copy) : undefined;
      if (copy?.change === change) actors.set(id, copy.actor);
      else missing.push({ id, change });
    }
    cache.asked += ids.length;
    cache.known += actors.size;
    if (missing.length === 0) return actors;
    const fresh = await fromDatabase(missing.map(({ id }) => id));
    for (const { id, change } of missing) {
      const actor = fresh.get(id);
      if (!actor) continue;
      actors.set(id, actor);
      const copy: Copy = { change, actor };
      // A copy that cannot be written is only read again; the request has its answer.
      redis
        .set(copyKey(id), JSON.stringify(copy), { expiration: { type: 'EX', value: COPY_SECONDS } })
        .catch(() => null);
    }
    return actors;
  };

  return {
    cache,
    find: batched(lookUp),
    changed: async (ids) => {
      if (ids.length === 0) return;
      const change = crypto.randomUUID();
      const expiration = { type: 'EX', value: CHANGE_SECONDS } as const;
      // While Redis is down nobody reads copies from it, and those it still has end within COPY_SECONDS.
      await Promise.allSettled(ids.map((id) => redis.set(changeKey(id), change, { expiration })));
    },
  };
}
