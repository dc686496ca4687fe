import { Cron } from 'croner';
import { eq, inArray, min } from 'drizzle-orm';
import type * as v from 'valibot';
import { type Ctx, type Services, systemCtx, transaction } from '../context.ts';
import { emitAll, event } from '../db/outbox.ts';
import { schedules } from '../modules/maintenance/tables.ts';
import { createAlarm } from './alarm.ts';
import type { Job } from './define.ts';
import { describeFailure } from './failure.ts';

/** A job that runs by the clock: `cron` has five fields, in the clinic's zone. Its payload is empty. */
export type Schedule = {
  name: string;
  cron: string;
  job: Pick<Job<v.GenericSchema<unknown, object>>, 'name' | 'data'>;
};

/** The first moment after `from` that a pattern names in a zone. @throws Error for a pattern that names none */
export function nextTime(cron: string, timeZone: string, from: Temporal.Instant): Temporal.Instant {
  const next = new Cron(cron, { timezone: timeZone }).nextRun(new Date(from.epochMilliseconds));
  if (next === null) throw new Error(`"${cron}" never comes`);
  return Temporal.Instant.fromEpochMilliseconds(next.getTime());
}

const LONGEST_SLEEP = 30_000;

/**
 * Puts the jobs of the schedules that are due into the outbox, until `stop`. Any number of processes may run one: who
 * moves a schedule's row on emits its job in the same transaction, so each time comes once on all instances together,
 * on either queue engine. What fell due while no process ran is made up for once.
 */
export function startScheduler(services: Services, all: readonly Schedule[]): { stop: () => Promise<void> } {
  const { log } = services;
  const alarm = createAlarm();
  const loop = async () => {
    let failures = 0;
    let known = false;
    while (!alarm.ended()) {
      try {
        const ctx = systemCtx(services, 'scheduler');
        if (!known) await learn(ctx, all);
        known = true;
        const next = await runDue(ctx, all);
        failures = 0;
        const wait = next === null ? LONGEST_SLEEP : next.epochMilliseconds - Date.now();
        await alarm.sleep(Math.min(Math.max(wait, 0) + Math.random() * 50, LONGEST_SLEEP), false);
      } catch (error) {
        failures += 1;
        if (failures === 1) log.warn(describeFailure(error), 'the schedules wait for the database');
        await alarm.sleep(Math.min(1_000 * 2 ** failures, LONGEST_SLEEP), false);
      }
    }
  };
  const done = loop();
  return {
    stop: async () => {
      alarm.end();
      await done;
    },
  };
}

/** Makes the rows of new schedules, and computes anew when one is due whose pattern or zone has changed. */
export async function learn(ctx: Ctx, all: readonly Schedule[]): Promise<void> {
  const { timeZone } = ctx.services.config;
  for (const { name, cron } of all) {
    const rule = `${cron} ${timeZone}`;
    const nextAt = nextTime(cron, timeZone, ctx.now);
    await transaction(ctx, async (tx) => {
      await tx.db.insert(schedules).ignore().values({ name, rule, nextAt });
      const [row] = await tx.db.select().from(schedules).where(eq(schedules.name, name)).for('update');
      if (row?.rule !== rule)
        await tx.db.update(schedules).set({ rule, nextAt }).where(eq(schedules.name, name));
    });
  }
}

/** Emits the jobs of what is due at `ctx.now`; returns when the next of them is due. */
export async function runDue(ctx: Ctx, all: readonly Schedule[]): Promise<Temporal.Instant | null> {
  const names = all.map(({ name }) => name);
  const rows = await ctx.db.select().from(schedules).where(inArray(schedules.name, names));
  for (const { name, nextAt } of rows) {
    const schedule = all.find((one) => one.name === name);
    if (schedule && Temporal.Instant.compare(nextAt, ctx.now) <= 0) await runOne(ctx, schedule);
  }
  const [first] = await ctx.db
    .select({ at: min(schedules.nextAt) })
    .from(schedules)
    .where(inArray(schedules.name, names));
  return first?.at ?? null;
}

const runOne = (ctx: Ctx, { name, cron, job }: Schedule): Promise<void> =>
  transaction(ctx, async (tx) => {
    const [row] = await tx.db.select().from(schedules).where(eq(schedules.name, name)).for('update');
    // Another instance was faster.
    if (!row || Temporal.Instant.compare(row.nextAt, tx.now) > 0) return;
    const nextAt = nextTime(cron, tx.services.config.timeZone, tx.now);
    await tx.db.update(schedules).set({ nextAt, lastAt: row.nextAt }).where(eq(schedules.name, name));
    await emitAll(tx, [event(job, {})]);
  });
