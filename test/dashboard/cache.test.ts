import { afterEach, describe, expect, setSystemTime, test } from 'bun:test';
import { createCache, type Entry, type SharedStore } from '../../src/cache/cache.ts';

const START = Date.parse('2026-03-02T12:00:00Z');
const pass = (ms: number) => setSystemTime(Date.now() + ms);

afterEach(() => {
  setSystemTime();
});

/** A cache whose values are 1, 2, 3, … and the events that drop them. */
async function counting(store?: SharedStore) {
  setSystemTime(START);
  let heard = { drop: () => undefined as void, lost: () => undefined as void };
  const cache = createCache({
    listen: async (events) => {
      heard = events;
    },
    ...(store ? { store } : {}),
  });
  let computed = 0;
  const load = async () => {
    await Bun.sleep(5);
    return (computed += 1);
  };
  return {
    read: (options = {}) => cache.read('key', load, options),
    drop: () => heard.drop(),
    lost: () => heard.lost(),
    computed: () => computed,
    cache,
  };
}

const good = async () => 'good';

describe('a cache', () => {
  test('computes once for a thousand who ask at once', async () => {
    const { read, computed } = await counting();
    const answers = await Promise.all(Array.from({ length: 1_000 }, () => read()));
    expect(new Set(answers.map(({ value }) => value))).toEqual(new Set([1]));
    expect(computed()).toBe(1);
  });

  test('hands out what is fresh, and what is a little old while it computes a new one', async () => {
    const { read } = await counting();
    expect(await read()).toEqual({ value: 1, at: START, cached: false });
    pass(29_000);
    expect(await read()).toEqual({ value: 1, at: START, cached: true });
    pass(2_000);
    expect(await read()).toMatchObject({ value: 1, cached: true });
    await Bun.sleep(30);
    expect(await read()).toMatchObject({ value: 2, cached: true });
    pass(400_000);
    expect(await read()).toMatchObject({ value: 3, cached: false });
  });

  test('computes anew after an event, at most twice a second', async () => {
    const { read, drop, computed } = await counting();
    await read();
    pass(1_000);
    drop();
    expect(await read()).toMatchObject({ value: 2, cached: false });
    for (let event = 0; event < 10; event++) {
      pass(50);
      drop();
      await read();
    }
    expect(computed()).toBeLessThanOrEqual(3);
    pass(600);
    expect((await read()).value).toBe(computed());
  });

  test('does not answer with what was begun before the event', async () => {
    const { read, drop } = await counting();
    const before = read();
    await Bun.sleep(1);
    pass(600);
    drop();
    const after = read();
    expect([(await before).value, (await after).value]).toEqual([1, 2]);
  });

  test('trusts nothing older than half a second while it hears no events', async () => {
    const { read, lost } = await counting();
    await read();
    lost();
    pass(1_000);
    expect((await read()).value).toBe(2);
  });

  test('hands out the last good value when a new one cannot be had, or not soon', async () => {
    setSystemTime(START);
    let work = good;
    const cache = createCache({ listen: async () => undefined });
    const read = () => cache.read('key', () => work());
    await read();
    pass(3_600_000);
    work = () => Promise.reject(new Error('down'));
    expect(await read()).toEqual({ value: 'good', at: START, cached: true });
    work = () => new Promise(() => undefined);
    expect(await read()).toEqual({ value: 'good', at: START, cached: true });
    const never = cache.read('another', () => Promise.reject(new Error('down')));
    expect(await never.catch((error: Error) => error.message)).toBe('down');
  });

  test('tells how often it knew', async () => {
    const { read, cache } = await counting();
    await read();
    await read();
    await read();
    expect(cache.use).toEqual({ asked: 3, known: 2 });
  });
});

/** What two instances share. */
function memoryStore(): SharedStore & { entries: Map<string, Entry> } {
  const entries = new Map<string, Entry>();
  const locks = new Set<string>();
  return {
    entries,
    get: async (key) => entries.get(key) ?? null,
    set: async (key, entry) => {
      entries.set(key, entry);
      locks.delete(key);
    },
    lock: async (key) => !locks.has(key) && Boolean(locks.add(key)),
  };
}

const fails = () => Promise.reject(new Error('down'));

describe('two instances', () => {
  test('compute once between them', async () => {
    const store = memoryStore();
    const [one, two] = [await counting(store), await counting(store)];
    setSystemTime();
    const answers = await Promise.all([one.read(), two.read(), one.read(), two.read()]);
    expect(answers.map(({ value }) => value)).toEqual([1, 1, 1, 1]);
    expect(one.computed() + two.computed()).toBe(1);
  });

  test('do not take over what may be older than an event', async () => {
    const store = memoryStore();
    const [one, two] = [await counting(store), await counting(store)];
    await one.read();
    await two.read({ since: START });
    pass(1_000);
    two.drop();
    await two.read();
    expect(two.computed()).toBe(1);
    expect(one.computed()).toBe(1);
  });

  test('compute for themselves while the store is away', async () => {
    const { read } = await counting({ get: fails, set: fails, lock: fails });
    expect(await read()).toMatchObject({ value: 1, cached: false });
  });
});
