import type { QueueName } from './define.ts';

/** A job as a producer hands it over. The same `id` enqueued again is the same job: it is not run twice. */
export type NewJob = {
  id: string;
  name: string;
  data: unknown;
  attempts: number;
  backoff: { delay: number; max: number };
  /** Milliseconds from now; 0 or absent means at once. */
  delay?: number;
  /** 1 is the most urgent; absent means normal. */
  priority?: number;
};

export const JOB_STATES = ['waiting', 'active', 'delayed', 'completed', 'failed'] as const;
export type JobState = (typeof JOB_STATES)[number];

/** A job as an administrator sees it; instants are epoch milliseconds. */
export type JobRecord = {
  id: string;
  name: string;
  queue: QueueName;
  state: JobState;
  attempts: number;
  progress: number;
  failedReason: string | null;
  createdAt: number;
  finishedAt: number | null;
};

/** Puts jobs into a queue; safe when several processes do so at once. Rejects while the engine is unreachable. */
export type Producer = {
  add: (queue: QueueName, jobs: NewJob[]) => Promise<void>;
  counts: (queue: QueueName) => Promise<Record<JobState, number>>;
  /** Newest first, from `start` up to but not including `end`; those that wait come in no promised order. */
  list: (queue: QueueName, state: JobState, start: number, end: number) => Promise<JobRecord[]>;
  /** Gives a failed job all its attempts again; false when there is no such failed job. */
  retry: (queue: QueueName, id: string) => Promise<boolean>;
  /** Resolves when the engine answers, rejects when it does not (readiness). */
  ping: () => Promise<void>;
  close: () => Promise<void>;
};

/** One running attempt, as the engine hands it to a consumer. */
export type Attempt = {
  id: string;
  name: string;
  data: unknown;
  /** Counts from 1. */
  attempt: number;
  maxAttempts: number;
  signal: AbortSignal;
  progress: (percent: number) => Promise<void>;
};

/**
 * Takes jobs of one queue. A rejected `process` means retry with backoff, and failed after the last attempt; one that
 * rejects with `Postponed` means the same attempt again later.
 */
export type Consumer = {
  /** Stops taking jobs and waits for those that run. */
  close: () => Promise<void>;
};

export type ConsumerOptions = {
  concurrency: number;
  /** After this long without a sign of life a job counts as stalled and is given to another consumer, in ms. */
  lockDuration: number;
  process: (attempt: Attempt) => Promise<void>;
  onError: (error: unknown) => void;
};

/** A queue engine: BullMQ over Redis, or bunqueue's broker. The domains never see the libraries' own types. */
export type QueueBackend = {
  kind: 'bullmq' | 'bunqueue';
  producer: () => Promise<Producer>;
  consume: (queue: QueueName, options: ConsumerOptions) => Promise<Consumer>;
};
