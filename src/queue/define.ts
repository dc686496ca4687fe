import type * as v from 'valibot';
import type { Ctx } from '../context.ts';
import { NORMAL_PRIORITY } from './limits.ts';

/** Each queue has its own worker threads, so that a long export never delays a notification. */
export const QUEUES = ['notifications', 'exports', 'imports', 'cleanup'] as const;
export type QueueName = (typeof QUEUES)[number];

/** What a handler is told about its run: the attempt counts from 1; progress is 0..100. */
export type JobRun = {
  id: string;
  attempt: number;
  maxAttempts: number;
  signal: AbortSignal;
  progress: (percent: number) => Promise<void>;
};

/** Does a job's work. What it throws fails the attempt; a `Postponed` only puts it off. */
export type JobHandler<Data> = (ctx: Ctx, data: Data, run: JobRun) => Promise<void>;

type Definition<Schema extends v.GenericSchema> = {
  /** Unique across the registry; also how the queue stores it. */
  name: string;
  queue: QueueName;
  data: Schema;
  attempts?: number;
  /** Exponential: `delay`, 2·`delay`, … at most `max`, in milliseconds (seed 1, "Reintentos": 4 s to 10 s). */
  backoff?: { delay: number; max: number };
  /** 1 is the most urgent; absent is 10. */
  priority?: number;
  /** For what a person waits for: a thread loads the handler when it starts, not when the first job comes. */
  eager?: boolean;
  /** Loaded only inside a worker thread. */
  handler: () => Promise<{ handle: JobHandler<v.InferOutput<Schema>> }>;
};

/** A typed job: the producer's payload and the handler's argument are both `data`'s output. */
export type Job<Schema extends v.GenericSchema = v.GenericSchema> = Required<Definition<Schema>>;

/** Declares a job; defaults are three attempts, 4 s to 10 s apart. */
export function defineJob<const Schema extends v.GenericSchema>(definition: Definition<Schema>): Job<Schema> {
  return {
    attempts: 3,
    backoff: { delay: 4_000, max: 10_000 },
    priority: NORMAL_PRIORITY,
    eager: false,
    ...definition,
  };
}
