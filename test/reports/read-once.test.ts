import { expect, test } from 'bun:test';
import { readOnce } from '../../src/modules/reports/read-once.ts';

const log: number[][] = [];
const rowOf = (id: number) => ({ id, name: `n${id}` });
const read = async (ids: readonly number[]) => {
  log.push([...ids]);
  await Bun.sleep(1);
  return ids.map(rowOf);
};

test('each is read once', async () => {
  log.length = 0;
  const known = readOnce(['name'], read);
  await known([1, 2, 2]);
  const { get } = await known([2, 3]);
  expect([1, 2, 3, 4].map(get)).toEqual([rowOf(1), rowOf(2), rowOf(3), undefined]);
  expect(log).toEqual([[1, 2], [3]]);
});

test('what one call has found stays there for it when another forgets the rest', async () => {
  const slow = Promise.withResolvers<void>();
  const readSlowly = async (ids: readonly number[]) => {
    if (ids.includes(3)) await slow.promise;
    return ids.map(rowOf);
  };
  const known = readOnce(['name'], readSlowly, 2);
  await known([1, 2]);
  const first = known([1, 3]);
  await known([4]);
  const last = await known([5]);
  slow.resolve();
  const found = await first;
  expect([1, 3].filter((id) => !found.get(id))).toEqual([]);
  expect([1, 2, 3, 4, 5].filter((id) => last.get(id))).toEqual([5]);
});
