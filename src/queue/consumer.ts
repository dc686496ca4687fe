import { sql } from 'drizzle-orm';
import * as v from 'valibot';
import { type Services, systemCtx } from '../context.ts';
import { patiently } from '../patience.ts';
import type { JobHandler, QueueName } from './define.ts';
import { describeFailure } from './failure.ts';
import type { Attempt, Consumer, QueueBackend } from './port.ts';
import { Postponed } from './postponed.ts';
import { traceOf } from '../telemetry/carried.ts';
import { type RegisteredJob, indexJobs, jobsOf } from './registry.ts';

/** How one attempt ended; `ms` is how long it ran. */
export type JobReport = { name: string; outcome: 'completed' | 'failed' | 'postponed'; ms: number };

type Options = {
  queue: QueueName;
  jobs: readonly RegisteredJob[];
  /** How many jobs run at once in this consumer. */
  concurrency: number;
  /** See ConsumerOptions in port.ts, in ms. */
  lockDuration: number;
  onReport?: (report: JobReport) => void;
};

const QUIET = 60_000;
/** How soon a job runs again that failed because the database is away, in ms. */
const DATABASE_REST = 3_000;

/** A job that fails while the database does not answer has not failed by itself, and burns no attempt. */
async function blameless({ db }: Services, error: unknown): Promise<unknown> {
  if (error instanceof Postponed) return error;
  return patiently(() => db.execute(sql`select 1`)).then(
    () => error,
    () => new Postponed(DATABASE_REST, 'the database does not answer'),
  );
}

/** Runs the jobs of one queue until `close`, which waits for those that run. */
export function startConsumer(
  backend: QueueBackend,
  services: Services,
  options: Options,
): Promise<Consumer> {
  const { queue, concurrency, lockDuration } = options;
  const jobs = indexJobs(jobsOf(queue, options.jobs));
  const handlers = new Map<string, Promise<JobHandler<never>>>();

  const handlerOf = (job: RegisteredJob) => {
    const loading = handlers.get(job.name) ?? job.handler().then(({ handle }) => handle);
    handlers.set(job.name, loading);
    loading.catch(() => handlers.delete(job.name));
    return loading;
  };

  const run = async (attempt: Attempt) => {
    const job = jobs.get(attempt.name);
    if (job === undefined) throw new Error(`No handler in queue ${queue} for job ${attempt.name}`);
    const data = v.parse(job.data, attempt.data);
    const handle = await handlerOf(job);
    const { id, attempt: number, maxAttempts, signal, progress } = attempt;
    const span =
      services.tracing?.start(`job ${attempt.name}`, {
        kind: 'consumer',
        parent: traceOf(attempt.data),
        attributes: { queue, 'job.id': id, 'job.attempt': number },
      }) ?? null;
    const ctx = { ...systemCtx(services, attempt.name, `${queue}/${id}/${number}`), span };
    // parsed by the schema that types this argument
    try {
      await handle(ctx, data as never, { id, attempt: number, maxAttempts, signal, progress });
      span?.end();
    } catch (error) {
      span?.end({ postponed: error instanceof Postponed }, !(error instanceof Postponed));
      throw error;
    }
  };

  const process = async (attempt: Attempt) => {
    const { name, id, maxAttempts } = attempt;
    const log = services.log.child({ queue, job: name, jobId: id, attempt: attempt.attempt, maxAttempts });
    const started = performance.now();
    const report = (outcome: JobReport['outcome']) => {
      const ms = Math.round(performance.now() - started);
      options.onReport?.({ name, outcome, ms });
      return ms;
    };
    log.debug('job started');
    const [outcome] = await Promise.allSettled([run(attempt)]);
    if (outcome.status === 'fulfilled') {
      log.info({ ms: report('completed') }, 'job completed');
      return;
    }
    const error = await blameless(services, outcome.reason);
    if (error instanceof Postponed) {
      log.info({ ms: report('postponed'), reason: error.message, delayMs: error.delayMs }, 'job postponed');
      throw error;
    }
    const failure = describeFailure(error);
    const last = attempt.attempt >= maxAttempts;
    log[last ? 'error' : 'warn'](
      { ms: report('failed'), ...failure },
      last ? 'job failed' : 'job to be retried',
    );
    // The engine keeps the message and shows it to administrators: without the cause, which may hold a patient's data.
    throw new Error(failure.reason);
  };

  let complainedAt = -Infinity;
  const onError = (error: unknown) => {
    if (performance.now() - complainedAt < QUIET) return;
    complainedAt = performance.now();
    services.log.warn({ queue, ...describeFailure(error) }, 'trouble with the queue engine');
  };

  for (const job of jobs.values()) {
    // Whoever comes first tries again, and tells.
    if (job.eager) handlerOf(job).catch(() => undefined);
  }
  return backend.consume(queue, { concurrency, lockDuration, process, onError });
}
