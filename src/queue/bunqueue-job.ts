import * as v from 'valibot';
import type { QueueName } from './define.ts';
import { NORMAL_PRIORITY } from './limits.ts';
import type { JobRecord, JobState, NewJob } from './port.ts';

/**
 * What we store as a job's data in the broker. The attempts are counted here and not by the broker, which counts a
 * crash of its own or of a consumer as an attempt, and whose backoff is neither exact nor capped at our `max`.
 */
const Envelope = v.object({
  payload: v.unknown(),
  attempts: v.number(),
  backoff: v.object({ delay: v.number(), max: v.number() }),
  /** Attempts that failed since the job was added or retried by hand. */
  made: v.number(),
  /** Of a failed job: how many attempts it took. */
  spent: v.optional(v.number()),
});
export type Envelope = v.InferOutput<typeof Envelope>;

/** Reads back what {@link toBrokerJob} stored. */
export const openEnvelope = (data: unknown): Envelope => v.parse(Envelope, data);

/** The broker's ids are one space for all queues; ours are one per queue. */
export const brokerId = (queue: QueueName, id: string) => `${queue}/${id}`;
export const ownId = (queue: QueueName, id: string) => id.slice(queue.length + 1);

/** A job as the broker's PUSHB takes it. */
export function toBrokerJob(queue: QueueName, job: NewJob): Record<string, unknown> {
  const envelope: Envelope = { payload: job.data, attempts: job.attempts, backoff: job.backoff, made: 0 };
  return {
    name: job.name,
    data: envelope,
    customId: brokerId(queue, job.id),
    delay: job.delay ?? 0,
    priority: NORMAL_PRIORITY - (job.priority ?? NORMAL_PRIORITY), // the broker takes the highest first
    maxAttempts: 1_000,
    // Only after a crash of the broker: time for the consumers to finish what they run and to say so.
    backoff: { type: 'fixed', delay: 5_000 },
    durable: true,
    stackTraceLimit: 0,
  };
}

const Row = v.object({
  id: v.string(),
  name: v.string(),
  data: Envelope,
  progress: v.optional(v.number(), 0),
  createdAt: v.number(),
  completedAt: v.nullish(v.number(), null),
});

/** Jobs of the broker's GetJobs. */
export const Rows = v.object({ jobs: v.array(Row) });

/** Failed jobs of the broker's Dlq. */
export const FailedRows = v.object({
  entries: v.array(v.object({ job: Row, enteredAt: v.number(), error: v.nullable(v.string()) })),
});

/** A row as the port shows it. */
export function toRecord(
  queue: QueueName,
  state: JobState,
  row: v.InferOutput<typeof Row>,
  failure?: { enteredAt: number; error: string | null },
): JobRecord {
  const { made, spent } = row.data;
  const attempts = { failed: spent ?? made, completed: made + 1, waiting: made, active: made, delayed: made };
  return {
    id: ownId(queue, row.id),
    name: row.name,
    queue,
    state,
    attempts: attempts[state],
    progress: row.progress,
    failedReason: failure?.error ?? null,
    createdAt: row.createdAt,
    finishedAt: failure?.enteredAt ?? row.completedAt,
  };
}
