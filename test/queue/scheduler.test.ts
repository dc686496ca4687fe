import { afterAll, beforeAll, beforeEach, expect, setDefaultTimeout, test } from 'bun:test';
import { eq } from 'drizzle-orm';
import * as v from 'valibot';
import { systemCtx } from '../../src/context.ts';
import { outbox } from '../../src/db/outbox.ts';
import { schedules } from '../../src/modules/maintenance/tables.ts';
import { SCHEDULES } from '../../src/modules/maintenance/schedules.ts';
import { defineJob } from '../../src/queue/define.ts';
import { learn, nextTime, runDue, type Schedule, startScheduler } from '../../src/queue/scheduler.ts';
import { startTestApp, type TestApp } from '../harness.ts';
import { until } from './until.ts';

setDefaultTimeout(30_000);

const tidy = defineJob({
  name: 'tidy',
  queue: 'cleanup',
  data: v.object({}),
  handler: async () => ({ handle: () => Promise.reject(new Error('not run here')) }),
});
const nightly: Schedule = { name: 'tidy', cron: '0 3 * * *', job: tidy };

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());
beforeEach(async () => {
  await app.services.db.delete(schedules);
  await app.services.db.delete(outbox);
});

const at = (text: string) => Temporal.Instant.from(text);
const ctxAt = (text: string) => ({ ...systemCtx(app.services, 'test'), now: at(text) });
const emitted = async () => (await app.services.db.select().from(outbox)).map(({ job }) => job);

test.each([
  ['0 3 * * *', 'America/Lima', '2026-11-22T07:59:00Z', '2026-11-22T08:00:00Z'],
  ['0 3 * * *', 'America/Lima', '2026-11-22T08:00:00Z', '2026-11-23T08:00:00Z'],
  ['0 7 * * 1', 'America/Lima', '2026-11-22T12:00:00Z', '2026-11-23T12:00:00Z'],
  ['* * * * *', 'America/Lima', '2026-11-22T08:00:30Z', '2026-11-22T08:01:00Z'],
  // Clocks go forward at 02:00 in New York on 8 March 2026, and back on 1 November.
  ['0 3 * * *', 'America/New_York', '2026-03-07T12:00:00Z', '2026-03-08T07:00:00Z'],
  ['0 3 * * *', 'America/New_York', '2026-10-31T12:00:00Z', '2026-11-01T08:00:00Z'],
])('%s in %s after %s comes at %s', (cron, zone, from, expected) => {
  expect(nextTime(cron, zone, at(from))).toEqual(at(expected));
});

test('every schedule of the house has a name of its own and a pattern that comes', () => {
  expect(new Set(SCHEDULES.map(({ name }) => name)).size).toBe(SCHEDULES.length);
  for (const { cron } of SCHEDULES) nextTime(cron, 'America/Lima', Temporal.Now.instant());
});

test('a job is emitted at its time and not before; what was missed is made up for once', async () => {
  await learn(ctxAt('2026-11-21T12:00:00Z'), [nightly]);
  expect(await runDue(ctxAt('2026-11-22T07:59:59Z'), [nightly])).toEqual(at('2026-11-22T08:00:00Z'));
  expect(await emitted()).toEqual([]);
  expect(await runDue(ctxAt('2026-11-22T08:00:00Z'), [nightly])).toEqual(at('2026-11-23T08:00:00Z'));
  expect(await emitted()).toEqual(['tidy']);
  await runDue(ctxAt('2026-11-29T20:00:00Z'), [nightly]); // nobody ran for a week
  expect(await emitted()).toEqual(['tidy', 'tidy']);
  const [row] = await app.services.db.select().from(schedules).where(eq(schedules.name, 'tidy'));
  expect(row?.nextAt).toEqual(at('2026-11-30T08:00:00Z'));
});

test('however many instances look at the same time, each time comes once', async () => {
  await learn(ctxAt('2026-11-21T12:00:00Z'), [nightly]);
  const looks = Array.from({ length: 8 }, () => runDue(ctxAt('2026-11-22T08:00:00Z'), [nightly]));
  await Promise.all(looks);
  expect(await emitted()).toEqual(['tidy']);
});

test('instances that start at the same time make one row; a start does not put off what is due', async () => {
  await Promise.all(Array.from({ length: 6 }, () => learn(ctxAt('2026-11-21T12:00:00Z'), [nightly])));
  await learn(ctxAt('2026-11-22T09:00:00Z'), [nightly]); // restarted an hour after its time
  await runDue(ctxAt('2026-11-22T09:00:00Z'), [nightly]);
  expect(await emitted()).toEqual(['tidy']);
});

test('another pattern is learnt at the next start', async () => {
  await learn(ctxAt('2026-11-21T12:00:00Z'), [nightly]);
  await learn(ctxAt('2026-11-21T12:00:00Z'), [{ ...nightly, cron: '30 4 * * *' }]);
  const [row] = await app.services.db.select().from(schedules);
  expect(row?.nextAt).toEqual(at('2026-11-22T09:30:00Z'));
});

test('the loop of several instances emits what falls due while they run', async () => {
  const everySecond: Schedule = { name: 'tidy', cron: '* * * * * *', job: tidy };
  const loops = [1, 2, 3].map(() => startScheduler(app.services, [everySecond]));
  await until('three of them', async () => (await emitted()).length >= 3, 10_000);
  await Promise.all(loops.map((loop) => loop.stop()));
  const rows = await app.services.db.select({ at: outbox.createdAt }).from(outbox);
  const seconds = rows.map((row) => Math.floor(row.at.epochMilliseconds / 1_000));
  expect(new Set(seconds).size).toBe(seconds.length);
});
