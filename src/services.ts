import { join } from 'node:path';
import { pino, type Logger } from 'pino';
import { countActiveUsers } from './access/active-users.ts';
import { loadAccess } from './access/enforcer.ts';
import { gated } from './access/password-gate.ts';
import { createSealer } from './access/sealer.ts';
import { databaseSessions, type Sessions } from './access/sessions.ts';
import { withMemory } from './access/outage.ts';
import { createTokens } from './access/tokens.ts';
import { bundlePanel } from './admin/bundle.ts';
import { type BreakerState, createBreakers, type Provider } from './breakers.ts';
import { createCache, type SharedStore } from './cache/cache.ts';
import type { Config } from './config.ts';
import type { Passwords, Services } from './context.ts';
import type { DatabasePool } from './db/client.ts';
import { type Counters, databaseCounters } from './db/counters.ts';
import { localFiles } from './files/store.ts';
import { assetOf, kept } from './http/asset.ts';
import { createMetrics } from './http/metrics.ts';
import { createLive } from './live/bus.ts';
import type { Wakes } from './live/wakes.ts';
import { listenToFigures } from './modules/dashboard/listen.ts';
import { openTracing } from './telemetry/tracing.ts';
import { sealingBacklog } from './modules/audit/seal.ts';
import { createRequestCount, FULL_SPEED, type Pace } from './pace.ts';
import { createRenderer } from './render/renderer.ts';

/** OWASP's minimum for argon2id: 54 ms here, where 64 MiB take 172 ms (stack-notes, "Passwords"). */
const ARGON2 = { algorithm: 'argon2id', memoryCost: 19_456, timeCost: 2 } as const;

const hashing: Passwords = {
  hash: (password) => Bun.password.hash(password, ARGON2),
  verify: async (password, hash) => {
    try {
      return await Bun.password.verify(password, hash);
    } catch {
      return false;
    }
  },
};

/** The script of the documentation's page. */
async function apiReference() {
  const path = '../node_modules/@scalar/api-reference/dist/browser/standalone.js';
  const script = Bun.file(new URL(path, import.meta.url));
  return assetOf(script, Bun.hash(await script.bytes()).toString(36));
}

/** Shared by all services of the process, as its cores are. */
const passwords = gated(hashing, navigator.hardwareConcurrency);

/** The structured log: one JSON object a line, to standard output or LOG_FILE; secrets and personal data are cut out. */
export function createLogger(config: Pick<Config, 'logLevel' | 'logFile'>): Logger {
  const secrets = [
    'password',
    'authorization',
    'token',
    'access_token',
    'refresh_token',
    'email',
    'phone',
    'document_number',
  ];
  return pino(
    {
      level: config.logLevel,
      base: { pid: process.pid },
      redact: { paths: secrets.flatMap((name) => [name, `*.${name}`]), censor: '***' },
    },
    pino.destination({
      dest: config.logFile ?? 1,
      mkdir: true,
      sync: true,
      minLength: 4_096,
      periodicFlush: 500,
    }),
  );
}

type Parts = {
  config: Config;
  log: Logger;
  pool: DatabasePool;
  secretKey: string;
  /** Redis-backed ones when REDIS_URL is set; the database's otherwise. */
  sessions?: Sessions;
  counters?: Counters;
  wakeRelay?: () => void;
  /** A provider's circuit has opened, closed or is being tried. */
  onBreaker?: (provider: Provider, state: BreakerState) => void;
  /** Between instances that share a Redis; without, they look into the database. */
  wakes?: Wakes;
  /** Where instances share what they have computed; without, each computes it. */
  store?: SharedStore;
  /** Of a thread beside requests. */
  pace?: Pace;
  probes?: Services['probes'];
  queues?: Services['queues'];
};

/** Puts the services together that `createApp`, the worker threads and the commands run with. */
export async function createServices(parts: Parts): Promise<Services> {
  const { config, log, pool } = parts;
  const tokens = createTokens(parts.secretKey);
  const sessions = withMemory(parts.sessions ?? databaseSessions(pool.db));
  const live = createLive({ db: pool.db, log, ...(parts.wakes ? { wakes: parts.wakes } : {}) });
  const cache = createCache({
    listen: (heard) => listenToFigures(live, heard),
    ...(parts.store ? { store: parts.store } : {}),
  });
  return {
    config,
    log,
    db: pool.db,
    transact: pool.transact,
    snapshot: pool.snapshot,
    access: await loadAccess(),
    tokens,
    sessions,
    counters: parts.counters ?? databaseCounters(pool.db),
    passwords,
    sealer: createSealer(parts.secretKey),
    breakers: createBreakers(parts.onBreaker ? { onChange: parts.onBreaker } : {}),
    requestCount: createRequestCount(),
    pace: parts.pace ?? FULL_SPEED,
    renderer: createRenderer(),
    files: localFiles(join(config.storageDir, 'files')),
    metrics: createMetrics({
      activeUsers: () => countActiveUsers(pool.db),
      connections: pool.connections,
      caches: {
        tokens: tokens.cache,
        dashboard: cache.use,
        ...(sessions.cache ? { sessions: sessions.cache } : {}),
      },
      queues: parts.queues ?? (() => null),
      audit: () => sealingBacklog(pool.db),
    }),
    probes: parts.probes ?? {},
    assets: {
      apiReference: kept(apiReference),
      panel: config.debug ? bundlePanel : kept(bundlePanel),
    },
    cache,
    live,
    queues: parts.queues ?? (() => null),
    tracing: await openTracing(config),
    wakeRelay: parts.wakeRelay ?? (() => undefined),
  };
}
