import type { Logger } from 'pino';
import { createClient } from 'redis';
import { redisSessions } from './access/redis-sessions.ts';
import { redisStore } from './cache/redis-store.ts';
import type { Config } from './config.ts';
import { type Services, systemCtx } from './context.ts';
import { connectDatabase } from './db/client.ts';
import { databaseCounters } from './db/counters.ts';
import { migrate } from './db/migrate.ts';
import { ensureReferenceData } from './db/reference-data.ts';
import { redisCounters } from './db/redis-counters.ts';
import { startEmbeddedDatabase } from './embedded/database.ts';
import { embeddedSecretKey } from './embedded/secret-key.ts';
import { redisWakes } from './live/redis-wakes.ts';
import { createLogger, createServices } from './services.ts';

/** What a process of ours runs on: the service itself, or a command. */
export type Runtime = {
  config: Config;
  log: Logger;
  databaseUrl: string;
  secretKey: string;
  services: Services;
  /** Whether requests have to wait for the database: what is not urgent holds back then. */
  crowded: () => boolean;
  close: () => Promise<void>;
};

type Hooks = Pick<Parameters<typeof createServices>[0], 'probes' | 'wakeRelay' | 'queues'>;

/**
 * Connects to the configured database and Redis, or starts the embedded database and brings it up to date.
 * @throws EmbeddedServiceError, MigrationError
 */
export async function openRuntime(
  config: Config,
  hooks: Hooks = {},
  log = createLogger(config),
): Promise<Runtime> {
  const embedded =
    config.databaseUrl === undefined
      ? await startEmbeddedDatabase({ dataDir: config.storageDir, log })
      : undefined;
  const databaseUrl = embedded?.url ?? config.databaseUrl ?? '';
  try {
    if (embedded) await migrate(databaseUrl, log);
    const secretKey = config.secretKey ?? embeddedSecretKey(config.storageDir);
    const pool = connectDatabase(databaseUrl, config.databasePoolSize);
    const redis = config.redisUrl === undefined ? undefined : await connectRedis(config.redisUrl, log);
    const services = await createServices({
      config,
      log,
      pool,
      secretKey,
      ...(redis
        ? {
            sessions: redisSessions(pool.db, redis),
            counters: redisCounters(redis, databaseCounters(pool.db)),
            wakes: redisWakes(redis, databaseUrl),
            store: redisStore(redis, databaseUrl),
          }
        : {}),
      ...hooks,
    });
    if (embedded) await ensureReferenceData(systemCtx(services, 'reference data'));
    return {
      config,
      log,
      databaseUrl,
      secretKey,
      services,
      crowded: pool.crowded,
      close: async () => {
        services.live.close();
        await services.tracing?.close();
        await pool.close();
        redis?.destroy();
        await embedded?.stop();
      },
    };
  } catch (error) {
    await embedded?.stop();
    throw error;
  }
}

/** A client that reconnects for ever and, while it cannot, refuses commands at once instead of queueing them. */
async function connectRedis(url: string, log: Logger) {
  const client = createClient({ url, disableOfflineQueue: true, socket: { connectTimeout: 5_000 } });
  let complained = false;
  client.on('error', (error: Error & { code?: string }) => {
    if (!complained)
      log.warn({ code: error.code ?? error.name }, 'Redis does not answer; the database stands in');
    complained = true;
  });
  client.on('ready', () => {
    if (complained) log.info('Redis answers again');
    complained = false;
  });
  await Promise.race([client.connect(), new Promise((resolve) => setTimeout(resolve, 5_000))]);
  return client;
}
