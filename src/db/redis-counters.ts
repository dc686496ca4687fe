import type { RedisClientType } from 'redis';
import type { Count, Counters } from './counters.ts';

type Redis = Pick<RedisClientType, 'multi' | 'del'>;

const key = (name: string) => `counter:${name}`;
const toCount = (value: unknown, ttl: unknown): Count => ({
  count: Number(value ?? 0),
  resetSeconds: Math.max(0, Number(ttl)),
});

/** Counters in Redis; while it is down the `fallback` counts. */
export function redisCounters(redis: Redis, fallback: Counters): Counters {
  return {
    add: async (name, windowSeconds) => {
      try {
        const answers = await redis
          .multi()
          .incr(key(name))
          .expire(key(name), windowSeconds, 'NX')
          .ttl(key(name))
          .exec();
        return toCount(answers[0], answers[2]);
      } catch {
        return fallback.add(name, windowSeconds);
      }
    },
    read: async (name) => {
      try {
        const [value, ttl] = await redis.multi().get(key(name)).ttl(key(name)).exec();
        return toCount(value, ttl);
      } catch {
        return fallback.read(name);
      }
    },
    clear: async (name) => {
      try {
        await redis.del(key(name));
      } catch {
        await fallback.clear(name);
      }
    },
  };
}
