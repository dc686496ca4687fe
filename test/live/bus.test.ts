import { afterAll, beforeAll, expect, test } from 'bun:test';
import { sql } from 'drizzle-orm';
import { transaction } from '../../src/context.ts';
import { createLive, type Live } from '../../src/live/bus.ts';
import { hint, publish } from '../../src/live/publish.ts';
import { liveEvents } from '../../src/live/tables.ts';
import { startTestApp, type TestApp } from '../harness.ts';
import { until } from '../queue/until.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

const publishNumber = (channel: string, n: number) =>
  transaction(app.ctx(), async (tx) => publish(tx, channel, 'number', { n }));

/** Collects what a listener hears, until `stop`. */
async function listen(live: Live, channels: string[], after?: string) {
  const heard: { id: string; n: number }[] = [];
  const gone = new AbortController();
  const events = await live.subscribe(channels, { after, signal: gone.signal });
  const done = (async () => {
    for await (const { id, data } of events) heard.push({ id, n: (data as { n: number }).n });
  })();
  return {
    numbers: () => heard.map(({ n }) => n),
    lastId: () => heard.at(-1)?.id,
    ended: done,
    stop: async () => {
      gone.abort();
      await done;
    },
  };
}

/** The bus of another instance on the same database. */
const anotherInstance = () => createLive({ db: app.services.db, log: app.services.log });

test('a listener hears what commits after it subscribed, on its channels only, in order', async () => {
  await publishNumber('a', 0);
  const listener = await listen(app.services.live, ['a', 'b']);
  await publishNumber('a', 1);
  await publishNumber('other', 2);
  await publishNumber('b', 3);
  await until('both', () => listener.numbers().length === 2 || undefined);
  expect(listener.numbers()).toEqual([1, 3]);
  await listener.stop();
});

test('what is rolled back is heard by nobody and leaves no row', async () => {
  const listener = await listen(app.services.live, ['c']);
  const failing = transaction(app.ctx(), async (tx) => {
    publish(tx, 'c', 'number', { n: 1 });
    throw new Error('rolled back');
  });
  expect(failing).rejects.toThrow('rolled back');
  await publishNumber('c', 2);
  await until('the second', () => listener.numbers().length > 0 || undefined);
  expect(listener.numbers()).toEqual([2]);
  await listener.stop();
});

test('publishing outside a transaction is a mistake', () => {
  const ctx = app.ctx();
  expect(() => publish(ctx, 'd', 'number', { n: 1 })).toThrow('transaction');
});

const change = (channel: string) =>
  transaction(app.ctx(), async (tx) => {
    hint(tx, channel, 'number');
    return Date.now();
  });
const eventsOf = (channel: string) =>
  app.services.db.$count(liveEvents, sql`${liveEvents.channel} = ${channel}`);

test('hints of many transactions are told with few events, one of them after the last', async () => {
  const heard: number[] = [];
  const gone = new AbortController();
  const events = await app.services.live.subscribe(['h1'], { signal: gone.signal });
  const listening = (async () => {
    for await (const _ of events) heard.push(Date.now());
  })();
  const times = [];
  for (let i = 0; i < 40; i++) times.push(await change('h1'));
  const last = times.at(-1) ?? Number.NaN;
  await until('the last', () => heard.some((at) => at >= last) || undefined);
  expect(await eventsOf('h1')).toBeLessThan(10);
  gone.abort();
  await listening;
});

test('a hint of what is rolled back is not told', async () => {
  const failing = transaction(app.ctx(), async (tx) => {
    hint(tx, 'h2', 'number');
    throw new Error('rolled back');
  });
  expect(failing).rejects.toThrow('rolled back');
  await change('h3');
  await until('the other', async () => (await eventsOf('h3')) || undefined);
  expect(await eventsOf('h2')).toBe(0);
});

test('a bus that closes still writes the hint that waits', async () => {
  const other = anotherInstance();
  other.tell({ channel: 'h4', kind: 'number', data: {}, hint: true });
  await until('the first', async () => (await eventsOf('h4')) || undefined);
  other.tell({ channel: 'h4', kind: 'number', data: {}, hint: true });
  other.close();
  await until('the second', async () => (await eventsOf('h4')) === 2 || undefined);
});

test('an instance without a way to be woken hears within a second', async () => {
  const other = anotherInstance();
  const listener = await listen(other, ['e']);
  await publishNumber('e', 1);
  await until('the event', () => listener.numbers().length > 0 || undefined, 1_000);
  other.close();
  await listener.ended;
  expect(listener.numbers()).toEqual([1]);
});

test('a row that appears after one with a larger number is heard, live and by who resumes in between', async () => {
  const other = anotherInstance();
  const listener = await listen(other, ['f']);
  const mayCommit = Promise.withResolvers<void>();
  const hasRow = Promise.withResolvers<void>();
  const slow = app.services.transact(async (db) => {
    await db.insert(liveEvents).values({ channel: 'f', kind: 'number', data: { n: 1 } });
    hasRow.resolve();
    await mayCommit.promise;
  });
  await hasRow.promise;
  await publishNumber('f', 2);
  await until('the fast one', () => listener.numbers().length === 1 || undefined);
  const cursor = listener.lastId();
  await listener.stop();
  const resumed = await listen(other, ['f'], cursor);
  const stayed = await listen(other, ['f']);
  await publishNumber('f', 3);
  await until('the third', () => resumed.numbers().length === 1 || undefined);
  mayCommit.resolve();
  await slow;
  await until(
    'the slow one',
    () => (resumed.numbers().length === 2 && stayed.numbers().length === 2) || undefined,
  );
  expect(resumed.numbers()).toEqual([3, 1]);
  expect(stayed.numbers()).toEqual([3, 1]);
  other.close();
  await Promise.all([resumed.ended, stayed.ended]);
});

test('who resumes hears what they missed, each once, and then goes on live; at another instance, too', async () => {
  const listener = await listen(app.services.live, ['g']);
  for (const n of [1, 2, 3]) await publishNumber('g', n);
  await until('all three', () => listener.numbers().length === 3 || undefined);
  const cursor = listener.lastId();
  await listener.stop();
  for (const n of [4, 5]) await publishNumber('g', n);
  const other = anotherInstance();
  const resumed = await listen(other, ['g'], cursor);
  await publishNumber('g', 6);
  await until('the rest', () => resumed.numbers().length === 3 || undefined);
  expect(resumed.numbers()).toEqual([4, 5, 6]);
  other.close();
  await resumed.ended;
});

test('many writers at once: every listener hears every event once, though some break off and resume', async () => {
  const instances = [app.services.live, anotherInstance(), anotherInstance()];
  const steady = await Promise.all(instances.map((live) => listen(live, ['h'])));
  let restless = await listen(anotherInstance(), ['h']);
  const heard: number[] = [];
  const writing = Promise.all(
    Array.from({ length: 8 }, async (_, writer) => {
      for (let i = 0; i < 12; i++) {
        await transaction(app.ctx(), async (tx) => {
          publish(tx, 'h', 'number', { n: writer * 12 + i });
          await tx.db.execute(sql`select sleep(${Math.random() / 50})`);
        });
      }
    }),
  );
  for (let i = 0; i < 5; i++) {
    await Bun.sleep(40);
    const cursor = restless.lastId();
    await restless.stop();
    heard.push(...restless.numbers());
    restless = await listen(instances[i % 3] ?? app.services.live, ['h'], cursor);
  }
  await writing;
  const all = Array.from({ length: 96 }, (_, n) => n);
  await until('all', () => steady.every((one) => one.numbers().length >= 96) || undefined);
  await until('the rest', () => heard.length + restless.numbers().length >= 96 || undefined);
  for (const one of steady) expect(one.numbers().toSorted((a, b) => a - b)).toEqual(all);
  expect([...heard, ...restless.numbers()].toSorted((a, b) => a - b)).toEqual(all);
  await Promise.all([...steady, restless].map((one) => one.stop()));
});

test('a cursor that is no cursor, or of another database, starts anew', async () => {
  await publishNumber('i', 1);
  for (const after of ['', '0X', 'zzzzzzzz', '1.2.3;drop', 'z'.repeat(5_000)]) {
    const listener = await listen(app.services.live, ['i'], after);
    await publishNumber('i', 2);
    await until('the event', () => listener.numbers().length > 0 || undefined);
    expect(listener.numbers()).toEqual([2]);
    await listener.stop();
  }
});

test('a closed bus ends its listeners, and new ones at once', async () => {
  const live = anotherInstance();
  const listener = await listen(live, ['j']);
  live.close();
  await listener.ended;
  const late = await listen(live, ['j']);
  await late.ended;
  expect(late.numbers()).toEqual([]);
});
