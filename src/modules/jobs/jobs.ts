import type * as v from 'valibot';
import { type Ctx, transaction } from '../../context.ts';
import { audit } from '../../db/audit.ts';
import { page } from '../../db/page.ts';
import { AppError, notFound } from '../../errors.ts';
import type { QueueConsole } from '../../queue/console.ts';
import { QUEUES, type QueueName } from '../../queue/define.ts';
import type { JobRecord, JobState } from '../../queue/port.ts';
import { outboxBacklog } from '../../queue/relay.ts';
import { success } from '../../success.ts';
import { formatInstant } from '../../time.ts';
import type { JobParams, JobsQuery } from './schemas.ts';

const RETRY_LATER = 5;

/** The queues' controls. @throws AppError EXTERNAL_SERVICE_ERROR in a process that has none */
function consoleOf({ services }: Ctx): QueueConsole {
  const found = services.queues();
  if (!found) throw new AppError('EXTERNAL_SERVICE_ERROR', undefined, RETRY_LATER);
  return found;
}

/** @throws AppError EXTERNAL_SERVICE_ERROR while the queue engine does not answer */
async function ask<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError('EXTERNAL_SERVICE_ERROR', undefined, RETRY_LATER);
  }
}

/**
 * How the queues, the outbox, the threads and the providers are doing, and the jobs of one state (failed unless asked
 * otherwise), the newest of each queue first. Payloads are not shown.
 */
export async function listJobs(ctx: Ctx, query: v.InferOutput<typeof JobsQuery>) {
  const queues = consoleOf(ctx);
  const counts = await ask(() =>
    Promise.all(QUEUES.map(async (queue) => ({ queue, ...(await queues.counts(queue)) }))),
  );
  const wanted = counts.filter(({ queue }) => query.queue === undefined || query.queue === queue);
  const { timeZone } = ctx.services.config;
  const jobs = await page(ctx, query, {
    name: 'jobs',
    bound: Infinity,
    count: () => Promise.resolve(wanted.reduce((sum, each) => sum + each[query.state], 0)),
    results: (limit, offset) => ask(() => recordsOf(queues, wanted, query.state, limit, offset)),
  });
  const { waiting, oldestMs, setAside } = await outboxBacklog(ctx.db);
  return {
    queues: counts,
    outbox: { waiting, oldest_ms: oldestMs, set_aside: setAside },
    threads: queues.threads().map(({ queue, index, state, since, restarts }) => ({
      queue,
      index,
      state,
      since: formatInstant(Temporal.Instant.fromEpochMilliseconds(since), timeZone),
      restarts,
    })),
    providers: queues.providers(),
    ...jobs,
    results: jobs.results.map((record) => view(record, timeZone)),
  };
}

/** `limit` jobs from `offset` on, counted through the queues one after another. */
async function recordsOf(
  queues: QueueConsole,
  counts: readonly ({ queue: QueueName } & Record<JobState, number>)[],
  state: JobState,
  limit: number,
  offset: number,
): Promise<JobRecord[]> {
  const records: JobRecord[] = [];
  let skip = offset;
  for (const { queue, [state]: held } of counts) {
    const wanted = limit - records.length;
    if (wanted > 0 && skip < held) records.push(...(await queues.list(queue, state, skip, skip + wanted)));
    skip = Math.max(0, skip - held);
  }
  return records;
}

function view(record: JobRecord, timeZone: string) {
  const at = (epochMs: number) => formatInstant(Temporal.Instant.fromEpochMilliseconds(epochMs), timeZone);
  return {
    id: record.id,
    queue: record.queue,
    name: record.name,
    state: record.state,
    attempts: record.attempts,
    progress: record.progress,
    failed_reason: record.failedReason,
    created_at: at(record.createdAt),
    finished_at: record.finishedAt === null ? null : at(record.finishedAt),
  };
}

const RETRIED = { es: 'El trabajo se ejecutará de nuevo.', en: 'The job will run again.' };

/** Gives a failed job all its attempts again. @throws AppError NOT_FOUND when there is no such failed job */
export function retryJob(ctx: Ctx, { queue, id }: v.InferOutput<typeof JobParams>) {
  const queues = consoleOf(ctx);
  return transaction(ctx, async (tx) => {
    // Names of queues and jobs only: ids of jobs fit, or are cut where the log's column ends.
    await audit(tx, { action: 'retry', entity: 'job', entityId: id.slice(0, 40), after: { queue, id } });
    if (!(await ask(() => queues.retry(queue, id)))) throw notFound();
    return success(tx, RETRIED);
  });
}
