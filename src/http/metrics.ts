import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { CacheUse } from '../cache/use.ts';
import { patiently } from '../patience.ts';
import type { QueueConsole } from '../queue/console.ts';
import { QUEUES } from '../queue/define.ts';
import type { ThreadState } from '../queue/supervisor.ts';

const SECONDS = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** The service's Prometheus metrics (contract, "Outside /api"; seed 1, "Métricas de monitoreo"). */
export type Metrics = ReturnType<typeof createMetrics>;

/** What the gauges ask whenever they are read. */
export type GaugeSources = {
  activeUsers: () => Promise<number>;
  connections: () => { open: number; idle: number };
  caches: Record<string, CacheUse>;
  /** The queues and worker threads of this process, if it has any. */
  queues: () => QueueConsole | null;
  audit: () => Promise<{ unsealed: number; oldestSeconds: number; lastSeq: number }>;
};

type Sample = { labels: Record<string, string>; value: number };

/** A gauge whose values are asked for at every reading; it has none while what it asks does not answer. */
function asking(
  registers: Registry[],
  name: string,
  help: string,
  labelNames: string[],
  samples: () => Promise<Sample[]>,
): Gauge {
  return new Gauge({
    name,
    help,
    labelNames,
    registers,
    async collect() {
      const current = await patiently(samples).catch(() => []);
      this.reset();
      for (const { labels, value } of current) this.set(labels, value);
      if (current.length === 0) this.remove({});
    },
  });
}

function registerGauges(registers: Registry[], sources: GaugeSources): void {
  asking(registers, 'memory_usage_bytes', 'Resident memory of the process', [], async () => [
    { labels: {}, value: process.memoryUsage.rss() },
  ]);
  asking(registers, 'active_users_total', 'Users with a live session', [], async () => [
    { labels: {}, value: await sources.activeUsers() },
  ]);
  asking(
    registers,
    'database_connection_pool_size',
    'Connections of the pool by state',
    ['state'],
    async () => {
      const { open, idle } = sources.connections();
      return [
        { labels: { state: 'idle' }, value: idle },
        { labels: { state: 'busy' }, value: open - idle },
      ];
    },
  );
  asking(registers, 'cache_hit_ratio', 'Share of look-ups that a cache answered', ['cache'], async () =>
    Object.entries(sources.caches).map(([cache, { asked, known }]) => ({
      labels: { cache },
      value: asked === 0 ? 0 : known / asked,
    })),
  );
  registerQueueGauges(registers, sources);
  registerAuditGauges(registers, sources);
}

const CIRCUIT = { closed: 0, half_open: 1, open: 2 } as const;

function registerQueueGauges(registers: Registry[], { queues }: GaugeSources): void {
  asking(registers, 'queue_jobs', 'Jobs by queue and state', ['queue', 'state'], async () => {
    const all = QUEUES.map(async (queue) => {
      const counts = Object.entries((await queues()?.counts(queue)) ?? {});
      return counts.map(([state, value]) => ({ labels: { queue, state }, value }));
    });
    return (await Promise.all(all)).flat();
  });
  const threads = async (value: (thread: ThreadState) => number) =>
    (queues()?.threads() ?? []).map((thread) => ({
      labels: { queue: thread.queue, thread: String(thread.index) },
      value: value(thread),
    }));
  const labels = ['queue', 'thread'];
  asking(registers, 'worker_thread_running', '1 while the worker thread runs', labels, () =>
    threads(({ state }) => (state === 'running' ? 1 : 0)),
  );
  asking(registers, 'worker_thread_restarts', 'How often the worker thread was started again', labels, () =>
    threads(({ restarts }) => restarts),
  );
  const help = 'Circuit breaker of the provider: 0 closed, 1 half-open, 2 open';
  asking(registers, 'provider_circuit_state', help, ['provider'], async () =>
    Object.entries(queues()?.providers() ?? {}).map(([provider, state]) => ({
      labels: { provider },
      value: CIRCUIT[state],
    })),
  );
}

/** The number of the last link never falls: an alert on that shows a cut-off audit log. */
function registerAuditGauges(registers: Registry[], { audit }: GaugeSources): void {
  const gauges = [
    ['audit_unsealed_rows', 'Audit rows that wait for the hash chain', 'unsealed'],
    [
      'audit_unsealed_age_seconds',
      'Age of the oldest audit row that waits for the hash chain',
      'oldestSeconds',
    ],
    ['audit_chain_length', 'Number of the last link of the audit log', 'lastSeq'],
  ] as const;
  for (const [name, help, key] of gauges) {
    asking(registers, name, help, [], async () => [{ labels: {}, value: (await audit())[key] }]);
  }
}

/** Makes a registry of its own, so that two apps in one process do not count into one. */
export function createMetrics(sources: GaugeSources) {
  const registry = new Registry();
  const registers = [registry];
  registerGauges(registers, sources);
  return {
    registry,
    requests: new Histogram({
      name: 'http_request_duration_seconds',
      help: 'HTTP requests by route',
      labelNames: ['method', 'route', 'status'] as const,
      buckets: SECONDS,
      registers,
    }),
    jobs: new Histogram({
      name: 'job_duration_seconds',
      help: 'Attempts of background jobs by outcome',
      labelNames: ['queue', 'job', 'outcome'] as const,
      buckets: SECONDS,
      registers,
    }),
    appointmentsCreated: new Counter({
      name: 'appointment_creation_total',
      help: 'Appointments created',
      registers,
    }),
    appointmentCreation: new Histogram({
      name: 'appointment_creation_duration_seconds',
      help: 'Time to create an appointment',
      buckets: SECONDS,
      registers,
    }),
  };
}
