import { expect, test } from 'bun:test';
import { inBatches } from '../../src/modules/reports/batches.ts';

const numbers =
  (count: number) =>
  async (last = 0, limit: number) =>
    Array.from({ length: Math.min(limit, count - last) }, (_, n) => last + n + 1);

test('every row comes once, in order, whatever the number of batches', async () => {
  for (const count of [0, 1, 1_000, 2_250]) {
    const rows: number[] = [];
    for await (const batch of inBatches(numbers(count), async (some) => some.map((n) => n * 2)))
      rows.push(...batch);
    expect(rows).toEqual(Array.from({ length: count }, (_, n) => 2 * (n + 1)));
  }
});

test('while a batch is used, the next is being made and the one behind it read', async () => {
  const begun: string[] = [];
  const read = async (last = 0, limit: number) => {
    begun.push(`read behind ${last}`);
    return numbers(9_000)(last, limit);
  };
  const made = inBatches(read, async ([first = 0]) => {
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
    const made = inBatches(numbers(6_000), async ([first = 0]) => {
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
