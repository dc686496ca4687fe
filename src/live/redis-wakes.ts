import type { RedisClientType } from 'redis';
import { connectionOptions } from '../db/client.ts';
import type { Wakes } from './wakes.ts';

type Listener = Pick<RedisClientType, 'connect' | 'subscribe' | 'destroy' | 'isOpen' | 'isReady' | 'on'>;
type Redis = Pick<RedisClientType, 'publish'> & { duplicate: () => Listener };

/**
 * Wakes by Redis' publish/subscribe, on a second connection that is made when somebody first listens. Redis' database
 * numbers do not separate publishers, so the channel bears the name of our database.
 */
export function redisWakes(client: Redis, databaseUrl: string): Wakes {
  const channel = `live:${connectionOptions(databaseUrl).database}`;
  let listener: Listener | undefined;
  let subscribed = false;
  return {
    send: () => {
      // Lost while Redis is down: listeners then look by themselves.
      client.publish(channel, '').catch(() => undefined);
    },
    listen: (onWake) => {
      if (listener) return;
      const connection = client.duplicate();
      listener = connection;
      // Told by the first connection's own handler.
      connection.on('error', () => undefined);
      connection
        .connect()
        .then(() => connection.subscribe(channel, onWake))
        .then(() => (subscribed = true))
        .catch(() => undefined);
    },
    arriving: () => subscribed && listener?.isReady === true,
    close: () => {
      if (listener?.isOpen) listener.destroy();
    },
  };
}
