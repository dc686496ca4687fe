import { afterAll, afterEach, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { openBackend } from '../../src/queue/backend.ts';
import type { QueueName } from '../../src/queue/define.ts';
import type { Attempt, Consumer, NewJob, Producer, QueueBackend } from '../../src/queue/port.ts';
import { Postponed } from '../../src/queue/postponed.ts';
import { type Engine, startBroker, startRedis } from './engines.ts';
import { until } from './until.ts';

setDefaultTimeout(30_000);

const engines: [string, () => Promise<Engine>][] = [
  ['BullMQ over Redis', startRedis],
  ['bunqueue broker', startBroker],
];

describe.each(engines)('%s', (_name, start) => {
  let engine: Engine;
  let backend: QueueBackend;
  let producer: Producer;
  let consumers: Consumer[] = [];
  let serial = 0;

  beforeAll(async () => {
    engine = await start();
    backend = await openBackend(engine.spec);
    producer = await backend.producer();
  });
  afterEach(async () => {
    await Promise.all(consumers.map((consumer) => consumer.close()));
    consumers = [];
  });
  afterAll(async () => {
    await producer.close();
    await engine.stop();
  });

  const job = (more: Partial<NewJob> = {}): NewJob => {
    serial += 1;
    const id = `job-${serial}`;
    return { id, name: 'task', data: { serial }, attempts: 1, backoff: { delay: 50, max: 100 }, ...more };
  };
  const consume = async (queue: QueueName, process: (attempt: Attempt) => Promise<void>, concurrency = 1) => {
    const options = { concurrency, lockDuration: 5_000, process, onError: () => {} };
    consumers.push(await backend.consume(queue, options));
  };

  test('hands over the payload, the attempt and the limits', async () => {
    const seen: Attempt[] = [];
    await consume('exports', async (attempt) => void seen.push(attempt));
    const added = job({ data: { text: 'ñ', list: [1, { a: null }] }, attempts: 3 });
    await producer.add('exports', [added]);
    await until('the job', () => seen[0]);
    expect(seen[0]).toMatchObject({
      id: added.id,
      name: 'task',
      data: added.data,
      attempt: 1,
      maxAttempts: 3,
    });
    expect(seen[0]?.signal.aborted).toBe(false);
  });

  test('a delayed job waits, is counted as delayed and then runs', async () => {
    const ranAt: number[] = [];
    await consume('cleanup', async () => void ranAt.push(Date.now()));
    const addedAt = Date.now();
    await producer.add('cleanup', [job({ delay: 600 })]);
    expect((await producer.counts('cleanup')).delayed).toBe(1);
    await until('the delayed job', () => ranAt[0]);
    expect((ranAt[0] ?? 0) - addedAt).toBeGreaterThanOrEqual(590);
    expect((ranAt[0] ?? 0) - addedAt).toBeLessThan(3_000);
  });

  test('a failing job is tried again after delay, 2·delay, … at most max', async () => {
    const runs: { attempt: number; at: number }[] = [];
    await consume('exports', async ({ attempt }) => {
      runs.push({ attempt, at: Date.now() });
      if (attempt < 4) throw new Error('not yet');
    });
    await producer.add('exports', [job({ attempts: 4, backoff: { delay: 200, max: 500 } })]);
    await until('four attempts', () => runs.length === 4);
    expect(runs.map(({ attempt }) => attempt)).toEqual([1, 2, 3, 4]);
    const gaps = runs.slice(1).map(({ at }, index) => at - (runs[index]?.at ?? 0));
    for (const [index, least] of [200, 400, 500].entries()) {
      expect(gaps[index]).toBeGreaterThanOrEqual(least - 10);
      expect(gaps[index]).toBeLessThan(least + 400);
    }
  });

  test('a postponed job runs again later, as the same attempt, however often', async () => {
    const runs: { attempt: number; at: number }[] = [];
    await consume('exports', async ({ attempt }) => {
      runs.push({ attempt, at: Date.now() });
      if (runs.length < 4) throw new Postponed(300, 'the provider rests');
    });
    await producer.add('exports', [job({ attempts: 1 })]);
    await until('the fourth run', () => runs.length === 4);
    expect(runs.map(({ attempt }) => attempt)).toEqual([1, 1, 1, 1]);
    expect((runs[1]?.at ?? 0) - (runs[0]?.at ?? 0)).toBeGreaterThanOrEqual(290);
    await until('its end', async () => (await producer.counts('exports')).active === 0);
    expect(await producer.list('exports', 'failed', 0, 1)).toEqual([]);
  });

  test('the same id runs once: twice in a call, while waiting, after completion and after failure', async () => {
    const runs: string[] = [];
    const once = job();
    const doomed = job();
    await producer.add('notifications', [once, once]);
    await producer.add('notifications', [once]);
    await consume('notifications', async ({ id }) => {
      runs.push(id);
      if (id === doomed.id) throw new Error('as planned');
    });
    await producer.add('notifications', [doomed]);
    await until('both to end', async () => {
      const { completed, failed } = await producer.counts('notifications');
      return completed === 1 && failed === 1;
    });
    const last = job();
    await producer.add('notifications', [once, doomed, last]);
    await until('the last one', () => runs.includes(last.id));
    expect(runs.toSorted()).toEqual([once.id, doomed.id, last.id].toSorted());
  });

  test('the same id in two queues is two jobs', async () => {
    const runs: string[] = [];
    await consume('exports', async () => void runs.push('exports'));
    await consume('cleanup', async () => void runs.push('cleanup'));
    const shared = job();
    await producer.add('exports', [shared]);
    await producer.add('cleanup', [shared]);
    await until('both', () => runs.length === 2);
    expect(runs.toSorted()).toEqual(['cleanup', 'exports']);
  });

  test('urgent before normal before unimportant, and in order of arrival within one priority', async () => {
    const order: string[] = [];
    const jobs = [
      job({ name: 'low', priority: 20 }),
      job({ name: 'normal-1' }),
      job({ name: 'normal-2' }),
      job({ name: 'urgent', priority: 1 }),
      job({ name: 'high', priority: 5 }),
    ];
    for (const each of jobs) await producer.add('exports', [each]);
    expect((await producer.counts('exports')).waiting).toBe(5);
    expect(await producer.list('exports', 'waiting', 0, 10)).toHaveLength(5);
    await consume('exports', async ({ name }) => void order.push(name));
    await until('all five', () => order.length === 5);
    expect(order).toEqual(['urgent', 'high', 'normal-1', 'normal-2', 'low']);
  });

  test('progress of a running job is visible', async () => {
    const release = Promise.withResolvers<void>();
    await consume('exports', async ({ progress }) => {
      await progress(42);
      await release.promise;
    });
    const added = job();
    await producer.add('exports', [added]);
    const record = await until('the progress', async () => {
      const [active] = await producer.list('exports', 'active', 0, 10);
      return active?.progress === 42 ? active : undefined;
    });
    release.resolve();
    expect(record).toMatchObject({ id: added.id, queue: 'exports', state: 'active', attempts: 0 });
  });

  test('failed jobs are listed newest first with their reason, and run afresh when retried', async () => {
    let broken = true;
    const attempts: number[] = [];
    await consume('cleanup', async ({ attempt }) => {
      attempts.push(attempt);
      if (broken) throw new Error('out of paper');
    });
    const before = await producer.counts('cleanup');
    const jobs = [job({ attempts: 2 }), job({ attempts: 2 })];
    for (const each of jobs) {
      await producer.add('cleanup', [each]);
      await until('it to fail', async () =>
        (await producer.list('cleanup', 'failed', 0, 5)).some((record) => record.id === each.id),
      );
    }
    const failed = await producer.list('cleanup', 'failed', 0, 5);
    expect(failed.map(({ id }) => id)).toEqual(jobs.map(({ id }) => id).toReversed());
    expect(failed[0]).toMatchObject({
      state: 'failed',
      attempts: 2,
      failedReason: 'out of paper',
      name: 'task',
    });
    expect(failed[0]?.finishedAt ?? 0).toBeGreaterThanOrEqual(failed[0]?.createdAt ?? Infinity);
    expect(await producer.list('cleanup', 'failed', 1, 2)).toEqual(failed.slice(1, 2));

    broken = false;
    attempts.length = 0;
    expect(await producer.retry('cleanup', jobs[0]?.id ?? '')).toBe(true);
    await until(
      'the retried job',
      async () => (await producer.counts('cleanup')).completed > before.completed,
    );
    expect(attempts).toEqual([1]);
    expect(await producer.retry('cleanup', jobs[0]?.id ?? '')).toBe(false);
    expect(await producer.retry('cleanup', 'no-such-job')).toBe(false);
    const [completed] = await producer.list('cleanup', 'completed', 0, 1);
    expect(completed).toMatchObject({ id: jobs[0]?.id, state: 'completed', failedReason: null });
  });

  test('close waits for the running job and takes no other', async () => {
    const ran: string[] = [];
    const release = Promise.withResolvers<void>();
    const first = job();
    const consumer = await backend.consume('notifications', {
      concurrency: 1,
      lockDuration: 5_000,
      process: async ({ id }) => {
        if (id === first.id) await release.promise;
        ran.push(id);
      },
      onError: () => {},
    });
    await producer.add('notifications', [first]);
    await until('it to start', async () => (await producer.counts('notifications')).active === 1);
    const second = job();
    await producer.add('notifications', [second]);
    let closed = false;
    const closing = consumer.close().then(() => (closed = true));
    await Bun.sleep(100);
    expect(closed).toBe(false);
    release.resolve();
    await closing;
    expect(ran).toEqual([first.id]);
    await consume('notifications', async ({ id }) => void ran.push(id));
    await until('the second', () => ran.includes(second.id));
  });

  test('a job of a killed process is given to another consumer, and the kill is no attempt', async () => {
    const taker = Bun.spawn(
      [process.execPath, `${import.meta.dir}/stalling-consumer.ts`, JSON.stringify(engine.spec)],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const added = job({ attempts: 1 });
    await producer.add('imports', [added]);
    await taker.stdout.getReader().read();
    await Bun.sleep(1_200); // past the first renewal of the lock
    taker.kill('SIGKILL');
    await taker.exited;
    const seen: Attempt[] = [];
    const options = { concurrency: 1, lockDuration: 1_000, onError: () => {} };
    consumers.push(
      await backend.consume('imports', { ...options, process: async (attempt) => void seen.push(attempt) }),
    );
    await until('the stalled job', () => seen[0], 20_000);
    expect(seen[0]).toMatchObject({ id: added.id, attempt: 1 });
  }, 30_000);

  test('a producer fails fast while the engine is down, loses nothing and heals with its consumers', async () => {
    const ran: string[] = [];
    const kept = job();
    await producer.add('exports', [kept]);
    await producer.ping();
    await engine.crash();
    const started = Date.now();
    await until('the loss to be noticed', () =>
      producer.ping().then(
        () => false,
        () => true,
      ),
    );
    const late = job();
    const refusals = await Promise.allSettled([producer.add('exports', [late]), producer.counts('exports')]);
    expect(refusals.map((refusal) => String('reason' in refusal && refusal.reason))).toEqual([
      expect.stringContaining('not reachable'),
      expect.stringContaining('not reachable'),
    ]);
    expect(Date.now() - started).toBeLessThan(2_000);

    await consume('exports', async ({ id }) => void ran.push(id));
    const orphan = await backend.producer(); // opened while the engine is down
    await engine.revive();
    await until('the producers to heal', () =>
      Promise.all([producer.ping(), orphan.ping()]).then(
        () => true,
        () => false,
      ),
    );
    await producer.add('exports', [late]);
    const other = job();
    await orphan.add('exports', [other]);
    await until('all jobs', () => ran.length === 3, 20_000);
    expect(ran.toSorted()).toEqual([kept.id, late.id, other.id].toSorted());
    await orphan.close();
  }, 40_000);
});
