import type { Logger } from 'pino';
import type { BreakerState, Provider } from './breakers.ts';
import type { Config } from './config.ts';
import type { Services } from './context.ts';
import { type EmbeddedBroker, startEmbeddedBroker } from './embedded/broker.ts';
import { SCHEDULES } from './modules/maintenance/schedules.ts';
import { type BackendSpec, openBackend } from './queue/backend.ts';
import type { QueueConsole } from './queue/console.ts';
import { QUEUES } from './queue/define.ts';
import { jobsOf } from './queue/registry.ts';
import { startRelay } from './queue/relay.ts';
import { startScheduler } from './queue/scheduler.ts';
import { startThreads, type Threads, type ThreadState } from './queue/supervisor.ts';
import type { Runtime } from './runtime.ts';

/** Everything that works behind the requests: the queue engine, the outbox relay, the worker threads. */
export type Background = {
  console: QueueConsole;
  ping: () => Promise<void>;
  wake: () => void;
  /** Stops taking jobs, lets those that run finish for at most `deadlineMs`, and disconnects. */
  stop: (deadlineMs: number) => Promise<void>;
};

/**
 * Connections of a thread: an export holds one while it reads, and notes its progress on the other. Many jobs at once
 * share their statements (`notifications/together.ts`).
 */
const poolSizeFor = (concurrency: number) => Math.min(8, Math.max(2, Math.ceil(concurrency / 2)));
/** A job whose thread gives no sign of life for this long is given to another, in ms. */
const LOCK_DURATION = 10_000;

/** Starts the engine's connection, the relay, and a pool of worker threads for every queue that has jobs. */
export async function startBackground(runtime: Runtime): Promise<Background> {
  const { config, log, databaseUrl, secretKey, services, crowded } = runtime;
  const { spec, broker } = await chooseEngine(config, log);
  const producer = await (await openBackend(spec)).producer();
  const relay = startRelay({ db: services.db, producer, log, busy: crowded });

  const scheduler = startScheduler(services, SCHEDULES);

  const pools = QUEUES.filter((queue) => jobsOf(queue).length > 0).map((queue): Threads =>
    startThreads({
      threads: config.workers[queue].threads,
      start: {
        config,
        secretKey,
        databaseUrl,
        poolSize: poolSizeFor(config.workers[queue].concurrency),
        requestCount: services.requestCount,
        backend: spec,
        queue,
        concurrency: config.workers[queue].concurrency,
        lockDuration: LOCK_DURATION,
      },
      log,
      onReport: ({ name, outcome, ms }) => {
        services.metrics.jobs.observe({ queue, job: name, outcome }, ms / 1000);
      },
      onWake: relay.wake,
      onLive: services.live.announce,
    }),
  );

  const threads = () => pools.flatMap((pool) => pool.states());
  return {
    console: {
      counts: producer.counts,
      list: producer.list,
      retry: producer.retry,
      threads,
      providers: () => worstOf(threads()),
    },
    ping: producer.ping,
    wake: relay.wake,
    stop: async (deadlineMs) => {
      await scheduler.stop();
      await relay.stop();
      await Promise.all(pools.map((pool) => pool.drain(deadlineMs)));
      await producer.close();
      await broker?.stop();
    },
  };
}

/** BullMQ over Redis when REDIS_URL is set; otherwise bunqueue's broker as a child of this process. */
async function chooseEngine(
  config: Config,
  log: Logger,
): Promise<{ spec: BackendSpec; broker?: EmbeddedBroker }> {
  if (config.redisUrl !== undefined) return { spec: { kind: 'bullmq', url: config.redisUrl } };
  const broker = await startEmbeddedBroker({ dataDir: config.storageDir, log });
  return { spec: { kind: 'bunqueue', ...broker.endpoint }, broker };
}

/** Each thread has breakers of its own; a provider is as badly off as any of them finds it. */
function worstOf(threads: readonly ThreadState[]): Record<Provider, BreakerState> {
  const state = (provider: Provider) => {
    const found = threads.map(({ breakers }) => breakers[provider]);
    return found.includes('open') ? 'open' : found.includes('half_open') ? 'half_open' : 'closed';
  };
  return { smtp: state('smtp'), sms: state('sms'), push: state('push') };
}

/** What `/health/ready/` asks of the background; rejects while a part is down. */
export const backgroundProbes = (background: () => Background | undefined): Services['probes'] => ({
  queue: async () => {
    const running = background();
    if (!running) throw new Error('not started');
    await running.ping();
  },
  workers: async () => {
    const states = background()?.console.threads() ?? [];
    if (states.some(({ state }) => state !== 'running')) throw new Error('a thread does not run');
    return states.map(({ queue, index, state, restarts }) => ({ queue, index, state, restarts }));
  },
  // A provider that is down delays messages and nothing else: no reason to send requests elsewhere.
  providers: () => Promise.resolve(background()?.console.providers()),
});
