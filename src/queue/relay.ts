import { asc, inArray, isNull, sql } from 'drizzle-orm';
import type { Logger } from 'pino';
import type { Database, DatabasePool } from '../db/client.ts';
import { isRetryable } from '../db/failure.ts';
import { outbox } from '../db/outbox.ts';
import type { QueueName } from './define.ts';
import { checkedJob } from './enqueue.ts';
import { createAlarm } from './alarm.ts';
import { describeFailure } from './failure.ts';
import type { NewJob, Producer } from './port.ts';
import { withTrace } from '../telemetry/carried.ts';
import { JOBS, type RegisteredJob, indexJobs } from './registry.ts';

/** Moves committed outbox rows into the queues, until `stop`. Any number of processes may run one. */
export type Relay = {
  /** Looks at once instead of at the next poll; cheap to call after every commit. */
  wake: () => void;
  /** Waits for the batch that is under way. */
  stop: () => Promise<void>;
};

type Options = {
  db: DatabasePool['db'];
  producer: Pick<Producer, 'add'>;
  log: Pick<Logger, 'info' | 'warn' | 'error'>;
  /** Whether requests wait for the database: when they keep waiting, few rows move, so that people come first. */
  busy?: () => boolean;
  jobs?: readonly RegisteredJob[];
};

/** Small enough that a request which comes while they are enqueued does not notice. */
const BATCH = 100;
/** Requests that have to wait for so long without a break are a rush, in ms; a shorter one delays no message. */
const RUSH = 1_000;
/** In a rush so many rows move per {@link BUSY_PAUSE} ms. */
const BUSY_BATCH = 10;
const BUSY_PAUSE = 500;
const POLL = 500;
const LONGEST_PAUSE = 15_000;
/** Commits in quick succession share one look, in ms. */
const WAKE_SPACING = 15;

/** Starts at once. While the database or the engine is down it waits, longer each time, and says so once. */
export function startRelay({ db, producer, log, busy = () => false, jobs = JOBS }: Options): Relay {
  const byName = indexJobs(jobs);
  const alarm = createAlarm();

  const loop = async () => {
    let failures = 0;
    let busySince: number | undefined;
    while (!alarm.ended()) {
      try {
        busySince = busy() ? (busySince ?? performance.now()) : undefined;
        const hold = busySince !== undefined && performance.now() - busySince >= RUSH;
        const handled = await moveBatch(db, producer, log, byName, hold ? BUSY_BATCH : BATCH);
        if (failures > 0) log.info('the outbox relay works again');
        failures = 0;
        if (hold && handled > 0) {
          await alarm.sleep(BUSY_PAUSE, false);
          continue;
        }
        if (handled === BATCH) continue;
        await alarm.sleep(POLL * (0.8 + Math.random() * 0.4), true);
        await alarm.sleep(WAKE_SPACING, false);
      } catch (error) {
        if (isRetryable(error)) {
          await alarm.sleep(WAKE_SPACING * (1 + Math.random()), false);
          continue;
        }
        failures += 1;
        const { reason } = describeFailure(error);
        if (failures === 1) log.warn({ reason }, 'the outbox relay waits for the database or the queue');
        await alarm.sleep(Math.min(POLL * 2 ** Math.min(failures, 10), LONGEST_PAUSE), false);
      }
    }
  };
  const done = loop();

  return {
    wake: alarm.ring,
    stop: async () => {
      alarm.end();
      await done;
    },
  };
}

/**
 * Enqueues up to `most` rows and deletes them, in one transaction; returns how many rows it handled. A crash
 * between the two adds them again under the same ids, which the queue takes for the same jobs.
 */
async function moveBatch(
  db: DatabasePool['db'],
  producer: Pick<Producer, 'add'>,
  log: Pick<Logger, 'error'>,
  byName: ReadonlyMap<string, RegisteredJob>,
  most: number,
): Promise<number> {
  const movable = isNull(outbox.failedReason);
  const waiting = await db.select({ id: outbox.id }).from(outbox).where(movable).limit(1);
  if (waiting.length === 0) return 0;

  return db.transaction(async (tx) => {
    const rows = await tx
      .select()
      .from(outbox)
      .where(movable)
      .orderBy(asc(outbox.id))
      .limit(most)
      .for('update', { skipLocked: true });
    const batches = new Map<QueueName, NewJob[]>();
    const moved: number[] = [];
    for (const row of rows) {
      try {
        const { queue, job } = toJob(row, byName);
        const batch = batches.get(queue) ?? [];
        batch.push(job);
        batches.set(queue, batch);
        moved.push(row.id);
      } catch (error) {
        const { reason } = describeFailure(error);
        log.error({ outboxId: row.id, job: row.job, reason }, 'an outbox row cannot be enqueued; set aside');
        await tx
          .update(outbox)
          .set({ failedReason: reason.slice(0, 255) })
          .where(inArray(outbox.id, [row.id]));
      }
    }
    for (const [queue, jobs] of batches) await producer.add(queue, jobs);
    if (moved.length > 0) await remove(tx, moved);
    return rows.length;
  });
}

/**
 * Row by row along the primary key. With `id in (…)` a small table is scanned, which waits for rows that another
 * relay, or a transaction that is not finished, holds; two relays then end in a deadlock.
 */
async function remove(tx: Database, ids: number[]): Promise<void> {
  await tx.execute(sql`
    delete row_of from json_table(${JSON.stringify(ids)}, '$[*]' columns (id bigint unsigned path '$')) as moved
    straight_join ${outbox} as row_of force index (primary) on row_of.id = moved.id`);
}

function toJob(
  row: typeof outbox.$inferSelect,
  byName: ReadonlyMap<string, RegisteredJob>,
): { queue: QueueName; job: NewJob } {
  const job = byName.get(row.job);
  if (job === undefined) throw new Error(`Unknown job ${row.job}`);
  const delay = row.delayUntil === null ? 0 : row.delayUntil.epochMilliseconds - Date.now();
  const id = `outbox-${row.id}`;
  const checked = checkedJob(job, row.data, { id, delay: Math.max(0, delay) });
  return { queue: job.queue, job: { ...checked, data: withTrace(checked.data, row.traceparent) } };
}

/** For metrics: rows that wait, the age of the oldest of them in ms, and rows set aside for a person. */
export async function outboxBacklog(
  db: Database,
): Promise<{ waiting: number; oldestMs: number; setAside: number }> {
  const [row] = await db
    .select({
      waiting: sql`coalesce(sum(${outbox.failedReason} is null), 0)`.mapWith(Number),
      setAside: sql`coalesce(sum(${outbox.failedReason} is not null), 0)`.mapWith(Number),
      oldestMs: sql`coalesce(timestampdiff(microsecond,
        min(case when ${outbox.failedReason} is null then ${outbox.createdAt} end), now(3)) div 1000, 0)`.mapWith(
        Number,
      ),
    })
    .from(outbox);
  return row ?? { waiting: 0, oldestMs: 0, setAside: 0 };
}
