import type { RedisClientType } from 'redis';
import { connectionOptions } from '../db/client.ts';
import type { Entry, SharedStore } from './cache.ts';

type Redis = Pick<RedisClientType, 'get' | 'set'>;

/** Seconds that a value is of use to another instance, and that a lock outlives an instance that died with it. */
const KEPT = 60;
const LOCKED = 5;

/** Values of all instances on one database; the keys bear its name, as clinics may share a Redis. */
export function redisStore(redis: Redis, databaseUrl: string): SharedStore {
  const prefix = `cache:${connectionOptions(databaseUrl).database}:`;
  return {
    get: async (key) => {
      const text = await redis.get(prefix + key);
      return text === null ? null : (JSON.parse(text) as Entry);
    },
    set: async (key, entry) => {
      await redis.set(prefix + key, JSON.stringify(entry), { expiration: { type: 'EX', value: KEPT } });
    },
    lock: async (key) =>
      (await redis.set(`${prefix}lock:${key}`, '1', {
        condition: 'NX',
        expiration: { type: 'EX', value: LOCKED },
      })) !== null,
  };
}
