import { mysqlTable, varchar } from 'drizzle-orm/mysql-core';
import * as v from 'valibot';
import type { Ctx } from '../context.ts';
import type { Job } from '../queue/define.ts';
import { id, instant, jsonOf } from './columns.ts';
import { insertStatement } from './statement.ts';

/** Jobs that were decided in a transaction and are not in the queue yet; the relay moves them (queue/relay.ts). */
export const outbox = mysqlTable('outbox', {
  id: id(),
  job: varchar({ length: 64 }).notNull(),
  data: jsonOf<object>().notNull(),
  delayUntil: instant(),
  createdAt: instant().notNull(),
  /** The step that decided it, where traces are collected (telemetry/tracing.ts). */
  traceparent: varchar({ length: 55 }),
  /** Why the relay can do nothing with the row; such a row waits for a person. */
  failedReason: varchar({ length: 255 }),
});

/** A job to be enqueued when the transaction commits; made by {@link event}. */
export type OutboxEvent = { job: string; data: object; delayMs: number };

/** @throws ValiError when the payload does not satisfy the job's schema. */
export function event<Schema extends v.GenericSchema<unknown, object>>(
  job: Pick<Job<Schema>, 'name' | 'data'>,
  data: v.InferOutput<Schema>,
  { delayMs = 0 }: { delayMs?: number } = {},
): OutboxEvent {
  return { job: job.name, data: v.parse(job.data, data), delayMs };
}

/** Enqueues a job if and only if the caller's transaction commits; `delayMs` counts from `ctx.now`. */
export async function emit<Schema extends v.GenericSchema<unknown, object>>(
  ctx: Ctx,
  job: Job<Schema>,
  data: v.InferOutput<Schema>,
  options: { delayMs?: number } = {},
): Promise<void> {
  await insertRow(ctx.db, rowOf(ctx, event(job, data, options)));
}

const ROWS_PER_INSERT = 1_000;

/** Like {@link emit} for several jobs at once, in one INSERT per thousand. */
export async function emitAll(ctx: Ctx, events: readonly OutboxEvent[]): Promise<void> {
  for (let start = 0; start < events.length; start += ROWS_PER_INSERT) {
    const rows = events.slice(start, start + ROWS_PER_INSERT).map((one) => rowOf(ctx, one));
    await ctx.db.insert(outbox).values(rows);
  }
}

const insertRow = insertStatement(outbox, ['job', 'data', 'delayUntil', 'createdAt', 'traceparent']);

const rowOf = (ctx: Ctx, { job, data, delayMs }: OutboxEvent) => ({
  job,
  data,
  delayUntil: ctx.now.add({ milliseconds: delayMs }),
  createdAt: ctx.now,
  traceparent: ctx.span?.traceparent ?? null,
});
