import * as v from 'valibot';
import { PROVIDERS } from '../../breakers.ts';
import { InstantOut, listQuery, pageOf } from '../../http/schemas.ts';
import { QUEUES } from '../../queue/define.ts';
import { JOB_STATES } from '../../queue/port.ts';

const Queue = v.picklist(QUEUES);
const State = v.picklist(JOB_STATES);

/** A job as an administrator sees it: without its payload, which may name people. */
const Job = v.object({
  id: v.string(),
  queue: Queue,
  name: v.string(),
  state: State,
  attempts: v.number(),
  progress: v.number(),
  failed_reason: v.nullable(v.string()),
  created_at: InstantOut,
  finished_at: v.nullable(InstantOut),
});

const counts = v.object(v.entriesFromList(JOB_STATES, v.number()));

/** What happens behind the requests: the queues, then the jobs of one state. */
export const JobsPage = v.object({
  queues: v.array(v.object({ queue: Queue, ...counts.entries })),
  /** Jobs that were decided and are not in a queue yet; those set aside wait for a person. */
  outbox: v.object({ waiting: v.number(), oldest_ms: v.number(), set_aside: v.number() }),
  /** Of the instance that answers; others have their own. */
  threads: v.array(
    v.object({
      queue: Queue,
      index: v.number(),
      state: v.picklist(['starting', 'running', 'resting', 'closing', 'closed']),
      since: InstantOut,
      restarts: v.number(),
    }),
  ),
  providers: v.object(v.entriesFromList(PROVIDERS, v.picklist(['closed', 'half_open', 'open']))),
  ...pageOf(Job).entries,
});

export const JobsQuery = v.omit(
  listQuery(['created_at'], { queue: v.optional(Queue), state: v.optional(State, 'failed') }),
  ['search', 'ordering'],
);

/** `/{queue}/{id}/` */
export const JobParams = v.object({
  queue: Queue,
  id: v.pipe(v.string(), v.regex(/^[A-Za-z][\w.-]{0,127}$/)),
});
