import { expect, test } from 'bun:test';
import { behindRequests, createRequestCount, FULL_SPEED } from '../../src/pace.ts';
import { inBatches } from '../../src/modules/reports/batches.ts';

const numbers =
  (count: number) =>
  async (last = 0, limit: number) =>
    Array.from({ length: Math.min(limit, count - last) }, (_, n) => last + n + 1);

test('every row comes once, in order, whatever the number of batches', async () => {
  for (const count of [0, 1, 1_000, 2_250]) {
    const rows: number[] = [];
    for await (const batch of inBatches(FULL_SPEED, numbers(count), async (some) => some.map((n) => n * 2)))
      rows.push(...batch);
    expect(rows).toEqual(Array.from({ length: count }, (_, n) => 2 * (n + 1)));
  }
});

test('beside requests the batches are short and rest, and all rows come; without, they are long again', async () => {
  const requests = createRequestCount();
  const pace = behindRequests(requests);
  const traffic = setInterval(() => Atomics.add(requests, 0, 5), 5);
  const sizes: number[] = [];
  const rests: number[] = [];
  let used = 0;
  let rows = 0;
  for await (const batch of inBatches(pace, numbers(12_000), async (some) => some)) {
    if (used > 0) rests.push(performance.now() - used);
    if (sizes.length === 6) clearInterval(traffic);
    sizes.push(batch.length);
    rows += batch.length;
    await Bun.sleep(60);
    used = performance.now();
  }
  expect(rows).toBe(12_000);
  expect(Math.min(...sizes.slice(0, -1))).toBeLessThan(1_000);
  expect([sizes.at(0), sizes.at(-2)]).toEqual([1_000, 1_000]);
  expect(Math.max(...rests)).toBeGreaterThan(100);
  expect(rests.at(-1)).toBeLessThan(60);
});

test('while a batch is used, the next is being made and the one behind it read', async () => {
  const begun: string[] = [];
  const read = async (last = 0, limit: number) => {
    begun.push(`read behind ${last}`);
    return numbers(9_000)(last, limit);
  };
  const made = inBatches(FULL_SPEED, read, async ([first = 0]) => {
    begun.push(`make ${first}`);
    return first;
  });
  expect(await made.next()).toEqual({ done: false, value: 1 });
  expect(begun).toEqual(['read behind 0', 'read behind 1000', 'make 1', 'read behind 2000', 'make 1001']);
  await made.return(undefined);
});

test('what goes wrong ahead is told when its turn has come, and nowhere else', async () => {
  const unheard: unknown[] = [];
  const hear = (error: unknown) => unheard.push(error);
  process.on('unhandledRejection', hear);
  const used: number[] = [];
  const use = async () => {
    const made = inBatches(FULL_SPEED, numbers(6_000), async ([first = 0]) => {
      if (first > 1_000) throw new Error(`no ${first}`);
      return first;
    });
    for await (const first of made) {
      used.push(first);
      await Bun.sleep(20);
    }
  };
  expect(await use().catch(String)).toBe('Error: no 1001');
  expect(used).toEqual([1]);
  await Bun.sleep(20);
  process.off('unhandledRejection', hear);
  expect(unheard).toEqual([]);
});
