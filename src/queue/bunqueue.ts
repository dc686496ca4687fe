import { UnrecoverableError, Worker } from 'bunqueue/client';
import * as v from 'valibot';
import { type BrokerClient, type BrokerEndpoint, connectBroker } from './bunqueue-client.ts';
import {
  type Envelope,
  FailedRows,
  Rows,
  brokerId,
  openEnvelope,
  ownId,
  toBrokerJob,
  toRecord,
} from './bunqueue-job.ts';
import { QUEUES, type QueueName } from './define.ts';
import { KEEP, MAX_STALLS, retryDelay } from './limits.ts';
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

/** bunqueue's broker, reached by TCP; every added job is on its disk before `add` resolves. */
export function bunqueueBackend(endpoint: BrokerEndpoint): QueueBackend {
  return {
    kind: 'bunqueue',
    producer: () => openProducer(endpoint),
    consume: (queue, options) => Promise.resolve(openConsumer(endpoint, queue, options)),
  };
}

/** The broker keeps these per queue; a restart of its own counts as a stall of the jobs that were running. */
const POLICIES = QUEUES.flatMap((queue) => [
  { cmd: 'SetStallConfig', queue, config: { maxStalls: MAX_STALLS + 1 } },
  { cmd: 'SetDlqConfig', queue, config: { maxEntries: KEEP.failedCount, maxAge: null } },
]);

async function openProducer(endpoint: BrokerEndpoint): Promise<Producer> {
  const broker = await connectBroker(endpoint, POLICIES);
  return {
    add: (queue, jobs) => add(broker, queue, jobs),
    counts: (queue) => counts(broker, queue),
    list: (queue, state, start, end) =>
      state === 'failed' ? listFailed(broker, queue, start, end) : listLive(broker, queue, state, start, end),
    retry: async (queue, id) => {
      const answer = await broker.send({ cmd: 'RetryDlq', queue, jobId: brokerId(queue, id) });
      return answer['count'] === 1;
    },
    ping: async () => {
      await broker.send({ cmd: 'Ping' });
    },
    close: () => Promise.resolve(broker.close()),
  };
}

/** The broker would run a finished job again under its old id, so only ids that it does not know are sent. */
async function add(broker: BrokerClient, queue: QueueName, jobs: NewJob[]): Promise<void> {
  const known = await Promise.all(
    jobs.map((job) => broker.send({ cmd: 'GetState', id: brokerId(queue, job.id) })),
  );
  const fresh = jobs.filter((_, index) => known[index]?.['state'] === 'unknown');
  if (fresh.length === 0) return;
  await broker.send({ cmd: 'PUSHB', queue, jobs: fresh.map((job) => toBrokerJob(queue, job)) });
}

const count = v.optional(v.number(), 0);
const Counts = v.object({
  counts: v.object({
    waiting: count,
    prioritized: count,
    paused: count,
    active: count,
    delayed: count,
    completed: count,
    failed: count,
  }),
});

async function counts(broker: BrokerClient, queue: QueueName): Promise<Record<JobState, number>> {
  const answer = v.parse(Counts, await broker.send({ cmd: 'GetJobCounts', queue })).counts;
  const { waiting, prioritized, paused, active, delayed, completed, failed } = answer;
  return { waiting: waiting + prioritized + paused, active, delayed, completed, failed };
}

async function listLive(
  broker: BrokerClient,
  queue: QueueName,
  state: Exclude<JobState, 'failed'>,
  start: number,
  end: number,
): Promise<JobRecord[]> {
  const answer = await broker.send({
    cmd: 'GetJobs',
    queue,
    state: state === 'waiting' ? ['waiting', 'prioritized'] : state,
    offset: start,
    limit: end - start,
    asc: false,
  });
  return v.parse(Rows, answer).jobs.map((row) => toRecord(queue, state, row));
}

/** The broker lists failed jobs oldest first; the port wants the newest first. */
async function listFailed(
  broker: BrokerClient,
  queue: QueueName,
  start: number,
  end: number,
): Promise<JobRecord[]> {
  const { failed } = await counts(broker, queue);
  const offset = Math.max(0, failed - end);
  const limit = failed - start - offset;
  if (limit <= 0) return [];
  const answer = await broker.send({ cmd: 'Dlq', queue, filter: { offset, limit } });
  const { entries } = v.parse(FailedRows, answer);
  return entries.map((entry) => toRecord(queue, 'failed', entry.job, entry)).toReversed();
}

function openConsumer(endpoint: BrokerEndpoint, queue: QueueName, options: ConsumerOptions): Consumer {
  const worker = new Worker<Envelope, void>(
    queue,
    async (job, context) => {
      const envelope = openEnvelope(job.data);
      const attempt = envelope.made + 1;
      // Without this the broker would give a job whose consumer died at once to the next one, again and again.
      await job.extendLock(job.token ?? '', options.lockDuration);
      try {
        await options.process({
          id: ownId(queue, job.id),
          name: job.name,
          data: envelope.payload,
          attempt,
          maxAttempts: envelope.attempts,
          signal: context?.signal ?? new AbortController().signal,
          progress: (percent) => job.updateProgress(Math.round(percent)),
        });
      } catch (error) {
        if (error instanceof Postponed) {
          await job.moveToDelayed(Date.now() + error.delayMs, job.token);
          return;
        }
        if (attempt >= envelope.attempts) {
          await job.updateData({ ...envelope, made: 0, spent: attempt });
          throw new UnrecoverableError(error instanceof Error ? error.message : String(error));
        }
        await job.updateData({ ...envelope, made: attempt });
        await job.moveToDelayed(Date.now() + retryDelay(envelope.backoff, attempt), job.token);
      }
    },
    {
      connection: { ...endpoint, poolSize: 1, commandTimeout: 15_000, pingInterval: 10_000 },
      concurrency: options.concurrency,
      lockDuration: options.lockDuration,
      heartbeatInterval: options.lockDuration / 3,
      pollTimeout: 1_000, // how late a job that was retried by hand may start
      skipStalledCheck: true,
    },
  );
  worker.on('error', options.onError);
  return { close: () => worker.close() };
}
