import * as v from 'valibot';
import type { Job } from './define.ts';
import type { NewJob } from './port.ts';
import type { RegisteredJob } from './registry.ts';

type Options = {
  /** Letters, digits, `-`, `_` and `.`, beginning with a letter; a second job of the same id in a queue is not run. */
  id: string;
  /** Milliseconds from now. */
  delay?: number;
  /** 1 is the most urgent; absent is the job's own. */
  priority?: number;
};

/** Both engines take these ids; BullMQ refuses `:` and whole numbers. */
const ID = /^[A-Za-z][\w.-]{0,127}$/;
const LARGEST_PAYLOAD = 256 * 1024;

/**
 * A job for `producer.add(job.queue, [it])`. Work that belongs to a transaction goes through the outbox instead.
 * @throws ValiError or Error when the payload, its size (256 KiB as JSON) or the id is not acceptable.
 */
export function toNewJob<Schema extends v.GenericSchema>(
  job: Job<Schema>,
  data: v.InferOutput<Schema>,
  options: Options,
): NewJob {
  return checkedJob(job, data, options);
}

/** Like {@link toNewJob} for a job known by name only, whose payload the compiler could not check. */
export function checkedJob(
  job: Pick<RegisteredJob, 'name' | 'data' | 'attempts' | 'backoff' | 'priority'>,
  data: unknown,
  { id, delay, priority = job.priority }: Options,
): NewJob {
  const payload = v.parse(job.data, data);
  if (!ID.test(id)) throw new Error(`"${id}" cannot be a job's id`);
  if (JSON.stringify(payload).length > LARGEST_PAYLOAD)
    throw new Error(`The payload of ${job.name} is too large`);
  return {
    id,
    name: job.name,
    data: payload,
    attempts: job.attempts,
    backoff: job.backoff,
    ...(delay === undefined ? {} : { delay }),
    priority,
  };
}
