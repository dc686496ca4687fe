import { afterAll, afterEach, beforeAll, beforeEach, expect, setDefaultTimeout, test } from 'bun:test';
import * as v from 'valibot';
import type { Ctx } from '../../src/context.ts';
import { connectDatabase, type DatabasePool } from '../../src/db/client.ts';
import { emit, emitAll, event, outbox } from '../../src/db/outbox.ts';
import { openBackend } from '../../src/queue/backend.ts';
import { defineJob, type QueueName } from '../../src/queue/define.ts';
import type { NewJob } from '../../src/queue/port.ts';
import type { RegisteredJob } from '../../src/queue/registry.ts';
import { outboxBacklog, startRelay, type Relay } from '../../src/queue/relay.ts';
import { testDatabase } from '../services.ts';
import { startBroker } from './engines.ts';
import { until } from './until.ts';

setDefaultTimeout(60_000);

const handler = () => Promise.reject(new Error('runs in a thread only'));
const mail = defineJob({
  name: 'mail',
  queue: 'notifications',
  data: v.object({ to: v.pipe(v.string(), v.nonEmpty()) }),
  handler,
});
const render = defineJob({ name: 'render', queue: 'exports', data: v.object({ id: v.number() }), handler });
const JOBS: readonly RegisteredJob[] = [mail, render];

let database: DatabasePool;
let relays: Relay[] = [];
let added: (NewJob & { queue: QueueName })[] = [];
let warnings: unknown[] = [];
let errors: unknown[] = [];

beforeAll(async () => {
  const { url } = await testDatabase();
  database = connectDatabase(url, 10);
});
beforeEach(async () => {
  added = [];
  warnings = [];
  errors = [];
  await database.db.delete(outbox);
});
afterEach(async () => {
  await Promise.all(relays.map((relay) => relay.stop()));
  relays = [];
});
afterAll(() => database.close());

const log = {
  info: () => {},
  warn: (...args: unknown[]) => void warnings.push(args),
  error: (...args: unknown[]) => void errors.push(args),
};
const record = async (queue: QueueName, jobs: NewJob[]) => {
  added.push(...jobs.map((job) => ({ ...job, queue })));
};
const relay = (
  add: (queue: QueueName, jobs: NewJob[]) => Promise<void> = record,
  busy: () => boolean = () => false,
) => {
  const started = startRelay({ db: database.db, producer: { add }, log, busy, jobs: JOBS });
  relays.push(started);
  return started;
};
// the outbox uses nothing else
const ctx = (db: Ctx['db'] = database.db) => ({ db, now: Temporal.Now.instant() }) as Ctx;
const left = () => database.db.$count(outbox);
const many = (count: number) => Array.from({ length: count }, (_, id) => event(render, { id }));

test('what a transaction emitted is enqueued after its commit, in order and once, with its delay', async () => {
  await database.db.transaction(async (tx) => {
    await emit(ctx(tx), mail, { to: 'ana' });
    await emitAll(ctx(tx), [event(render, { id: 7 }), event(mail, { to: 'luz' }, { delayMs: 60_000 })]);
    relay().wake();
    await Bun.sleep(100);
    expect(added).toEqual([]);
  });
  await until('the jobs', () => added.length === 3);
  expect(added.filter(({ queue }) => queue === 'notifications').map(({ data }) => data)).toEqual([
    { to: 'ana' },
    { to: 'luz' },
  ]);
  expect(added.find(({ queue }) => queue === 'exports')).toMatchObject({
    id: expect.stringMatching(/^outbox-\d+$/),
    name: 'render',
    data: { id: 7 },
    attempts: 3,
    backoff: { delay: 4_000, max: 10_000 },
    delay: 0,
  });
  const delays = added.map(({ delay }) => delay ?? 0).toSorted((a, b) => a - b);
  expect(delays[2]).toBeWithin(55_000, 60_001);
  await until('the rows to go', async () => (await left()) === 0);
});

test('a transaction that is rolled back emits nothing, and a wrong payload fails its transaction', async () => {
  await database.db
    .transaction(async (tx) => {
      await emit(ctx(tx), mail, { to: 'ana' });
      tx.rollback();
    })
    .catch(() => {});
  const refused = await emit(ctx(), mail, { to: '' }).catch((error: unknown) => v.isValiError(error));
  expect(refused).toBe(true);
  expect(await left()).toBe(0);
});

test('wake does not wait for the next poll', async () => {
  const woken = relay();
  await Bun.sleep(150);
  const times: number[] = [];
  for (let round = 1; round <= 5; round += 1) {
    await emit(ctx(), render, { id: round });
    const started = performance.now();
    woken.wake();
    await until('the job', () => added.length === round);
    times.push(performance.now() - started);
  }
  expect(Math.max(...times)).toBeLessThan(300);
});

test('while requests keep waiting for the database it moves a little at a time, and all when they are done', async () => {
  let busy = true;
  relay(record, () => busy);
  await Bun.sleep(1_500);
  await emitAll(ctx(), many(300));
  await Bun.sleep(700);
  expect(added.length).toBeWithin(1, 100);
  busy = false;
  await until('all rows', async () => (await left()) === 0);
  expect(added).toHaveLength(300);
});

test('requests that wait for a moment only hold nothing up', async () => {
  let looks = 0;
  await emitAll(ctx(), many(300));
  relay(record, () => looks++ % 2 === 0);
  await until('all rows', async () => (await left()) === 0, 1_000);
  expect(added).toHaveLength(300);
});

test('two relays share the work: every row is enqueued once', async () => {
  await emitAll(ctx(), many(2_500));
  relay();
  relay();
  await until('all rows', async () => (await left()) === 0, 20_000);
  expect(added).toHaveLength(2_500);
  expect(new Set(added.map(({ id }) => id)).size).toBe(2_500);
  expect(warnings).toEqual([]);
});

test('a transaction that is not finished holds up only what it emitted itself', async () => {
  await database.db.transaction(async (tx) => {
    await emit(ctx(tx), mail, { to: 'later' });
    await emit(ctx(), mail, { to: 'now' });
    relay();
    await until('the committed one', () => added.length === 1, 2_000);
    await until('its row to go', async () => (await left()) === 0, 2_000);
  });
  await until('the other', () => added.length === 2);
  expect(added.map(({ data }) => data)).toEqual([{ to: 'now' }, { to: 'later' }]);
});

test('a row that cannot be enqueued is set aside, with its reason and without its values, and blocks no other', async () => {
  await database.db.insert(outbox).values([
    { job: 'forgotten', data: { secret: 'F32.1' }, createdAt: Temporal.Now.instant() },
    { job: 'mail', data: { to: ['F32.1'] }, createdAt: Temporal.Now.instant() },
    { job: 'mail', data: { to: 'ana' }, createdAt: Temporal.Now.instant() },
  ]);
  relay();
  await until('the good one', () => added.length === 1);
  await until('the others to be set aside', async () => (await outboxBacklog(database.db)).setAside === 2);
  const rows = await database.db.select().from(outbox);
  expect(rows.map(({ failedReason }) => failedReason)).toEqual([
    'Unknown job forgotten',
    'Invalid payload: to',
  ]);
  expect(await outboxBacklog(database.db)).toEqual({ waiting: 0, oldestMs: 0, setAside: 2 });
  await Bun.sleep(700); // a further poll
  expect(errors).toHaveLength(2);
  expect(JSON.stringify(errors)).not.toContain('F32.1');
});

test('while the queue is down the rows wait, one warning is written, and it goes on by itself', async () => {
  let down = true;
  let calls = 0;
  await emitAll(ctx(), many(3));
  relay(async (queue, jobs) => {
    calls += 1;
    if (down) throw new Error('Redis is not reachable');
    await record(queue, jobs);
  });
  await until('two calls', () => calls === 2);
  const backlog = await outboxBacklog(database.db);
  expect(backlog).toMatchObject({ waiting: 3, setAside: 0 });
  expect(backlog.oldestMs).toBeGreaterThan(500);
  down = false;
  await until('the jobs', () => added.length === 3);
  expect(warnings).toHaveLength(1);
});

test('a crash between enqueueing and deleting runs no job twice', async () => {
  const broker = await startBroker();
  const backend = await openBackend(broker.spec);
  const producer = await backend.producer();
  const ran: string[] = [];
  const consumer = await backend.consume('exports', {
    concurrency: 10,
    lockDuration: 5_000,
    process: async ({ id }) => void ran.push(id),
    onError: () => {},
  });
  let calls = 0;
  await emitAll(ctx(), many(40));
  relay(async (queue, jobs) => {
    calls += 1;
    await producer.add(queue, jobs);
    if (calls > 1) return;
    await until('all to be completed', () => ran.length === 40);
    throw new Error('crash before the delete');
  });
  await until('the rows to go', async () => (await left()) === 0);
  expect(calls).toBe(2);
  await Bun.sleep(200);
  expect(ran).toHaveLength(40);
  await consumer.close();
  await producer.close();
  await broker.stop();
});

test('stop waits for the batch under way', async () => {
  await emitAll(ctx(), many(3));
  const entered = Promise.withResolvers<void>();
  const stopping = relay(async (queue, jobs) => {
    entered.resolve();
    await Bun.sleep(100);
    await record(queue, jobs);
  });
  await entered.promise;
  await stopping.stop();
  expect(added).toHaveLength(3);
  expect(await left()).toBe(0);
});
