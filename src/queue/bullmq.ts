import { DelayedError, type Job, Queue, Worker, createNodeRedisClient } from 'bullmq';
import { createClient } from 'redis';
import type { QueueName } from './define.ts';
import {
  CONNECT_PATIENCE,
  KEEP,
  MAX_STALLS,
  NORMAL_PRIORITY,
  PRODUCER_TIMEOUT,
  retryDelay,
} from './limits.ts';
import type {
  Consumer,
  ConsumerOptions,
  JobRecord,
  JobState,
  NewJob,
  Producer,
  QueueBackend,
} from './port.ts';
import { Postponed } from './postponed.ts';
import { QueueUnavailable, within } from './unavailable.ts';

const PREFIX = 'clinic';
const ENGINE = 'Redis';

/** BullMQ over Redis. Its keys live under `clinic:` in the database that the URL names. */
export function bullmqBackend(redisUrl: string): QueueBackend {
  return {
    kind: 'bullmq',
    producer: () => openProducer(redisUrl),
    consume: (queue, options) => openConsumer(redisUrl, queue, options),
  };
}

async function openProducer(url: string): Promise<Producer> {
  const client = createClient({ url, disableOfflineQueue: true, pingInterval: 10_000 });
  const connection = createNodeRedisClient(client);
  connection.on('error', () => {}); // each call says so itself, by rejecting
  await Promise.race([new Promise((resolve) => client.once('ready', resolve)), Bun.sleep(CONNECT_PATIENCE)]);

  const queues = new Map<QueueName, Queue>();
  const open = async (name: QueueName): Promise<Queue> => {
    // BullMQ would wait for the connection for ever.
    if (!client.isReady) throw new QueueUnavailable(ENGINE);
    const queue = queues.get(name) ?? new Queue(name, { connection, prefix: PREFIX });
    if (!queues.has(name)) queue.on('error', () => {});
    queues.set(name, queue);
    try {
      await queue.waitUntilReady();
    } catch (cause) {
      queues.delete(name); // a connection lost in its handshake leaves the queue unusable
      throw new QueueUnavailable(ENGINE, cause);
    }
    return queue;
  };
  const use = <T>(name: QueueName, work: (queue: Queue) => Promise<T>): Promise<T> =>
    within(PRODUCER_TIMEOUT, ENGINE, open(name).then(work));

  return {
    // One by one and pipelined: a bulk add is a MULTI, which fails after Redis restarts and forgets its scripts.
    add: (name, jobs) =>
      use(name, async (queue) => {
        await Promise.all(jobs.map((job) => queue.add(job.name, job.data, addOptions(job))));
      }),
    counts: (name) =>
      use(name, async (queue) => {
        const found = await queue.getJobCounts('prioritized', 'active', 'delayed', 'completed', 'failed');
        const of = (key: string) => found[key] ?? 0;
        return {
          waiting: of('prioritized'),
          active: of('active'),
          delayed: of('delayed'),
          completed: of('completed'),
          failed: of('failed'),
        };
      }),
    list: (name, state, start, end) =>
      use(name, async (queue) => {
        const jobs = await queue.getJobs(state === 'waiting' ? 'prioritized' : state, start, end - 1);
        return jobs.filter((job) => job !== undefined).map((job) => toRecord(name, state, job));
      }),
    retry: (name, id) =>
      use(name, async (queue) => {
        const job = await queue.getJob(id);
        if (!(await job?.isFailed())) return false;
        await job?.retry('failed', { resetAttemptsMade: true, resetAttemptsStarted: true });
        return true;
      }),
    ping: async () => {
      if (!client.isReady) throw new QueueUnavailable(ENGINE);
      await within(PRODUCER_TIMEOUT, ENGINE, client.ping());
    },
    close: async () => {
      await Promise.allSettled([...queues.values()].map((queue) => queue.close()));
      connection.disconnect();
    },
  };
}

const addOptions = (job: NewJob) => ({
  jobId: job.id,
  attempts: job.attempts,
  backoff: { type: `up to ${job.backoff.max}`, delay: job.backoff.delay },
  delay: job.delay ?? 0,
  // Without a priority BullMQ would take a job before every prioritised one.
  priority: job.priority ?? NORMAL_PRIORITY,
  removeOnComplete: { age: KEEP.completedMs / 1_000, count: KEEP.completedCount },
  removeOnFail: { count: KEEP.failedCount },
});

const backoffStrategy = (
  failed: number,
  type?: string,
  _error?: Error,
  job?: { opts: Job['opts'] },
): number => {
  const backoff = job?.opts.backoff;
  const delay = typeof backoff === 'object' ? (backoff.delay ?? 0) : (backoff ?? 0);
  return retryDelay({ delay, max: Number(type?.slice('up to '.length)) }, failed);
};

function toRecord(queue: QueueName, state: JobState, job: Job): JobRecord {
  return {
    id: job.id ?? '',
    name: job.name,
    queue,
    state,
    attempts: job.attemptsMade,
    progress: typeof job.progress === 'number' ? job.progress : 0,
    failedReason: state === 'failed' ? (job.failedReason ?? null) : null,
    createdAt: job.timestamp,
    finishedAt: job.finishedOn ?? null,
  };
}

async function openConsumer(url: string, queue: QueueName, options: ConsumerOptions): Promise<Consumer> {
  const client = createClient({ url, pingInterval: 10_000 });
  const connection = createNodeRedisClient(client);
  connection.on('error', options.onError);
  const worker = new Worker(
    queue,
    async (job, token, signal) => {
      const processing = options.process({
        id: job.id ?? '',
        name: job.name,
        data: job.data,
        attempt: job.attemptsMade + 1,
        maxAttempts: job.opts.attempts ?? 1,
        signal: signal ?? new AbortController().signal,
        progress: (percent) => job.updateProgress(percent),
      });
      const [outcome] = await Promise.allSettled([processing]);
      if (outcome.status === 'fulfilled') return;
      if (!(outcome.reason instanceof Postponed)) throw outcome.reason;
      await job.moveToDelayed(Date.now() + outcome.reason.delayMs, token);
      // BullMQ's sign that the job has been moved, not an error.
      throw new DelayedError();
    },
    {
      connection,
      prefix: PREFIX,
      concurrency: options.concurrency,
      lockDuration: options.lockDuration,
      stalledInterval: options.lockDuration / 2,
      maxStalledCount: MAX_STALLS,
      settings: { backoffStrategy },
    },
  );
  worker.on('error', options.onError);
  worker.on('lockRenewalFailed', (ids) => {
    for (const id of ids) worker.cancelJob(id, 'another consumer has taken the job');
  });
  return {
    close: async () => {
      await worker.close();
      if (client.isOpen) client.destroy();
    },
  };
}
