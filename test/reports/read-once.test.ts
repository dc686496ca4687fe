import { expect, test } from 'bun:test';
import { readOnce } from '../../src/modules/reports/read-once.ts';

const log: number[][] = [];
const read = async (ids: readonly number[]) => {
  log.push([...ids]);
  await Bun.sleep(1);
  return ids.map((id) => ({ id }));
};

test('each is read once', async () => {
  log.length = 0;
  const known = readOnce(read);
  await known([1, 2, 2]);
  expect([...(await known([2, 3])).keys()]).toEqual([1, 2, 3]);
  expect(log).toEqual([[1, 2], [3]]);
});

test('what one call has found stays there for it when another forgets the rest', async () => {
  const slow = Promise.withResolvers<void>();
  const known = readOnce(async (ids) => {
    if (ids.includes(3)) await slow.promise;
    return ids.map((id) => ({ id }));
  }, 2);
  await known([1, 2]);
  const first = known([1, 3]);
  await known([4]);
  const last = await known([5]);
  slow.resolve();
  const found = await first;
  expect([1, 3].filter((id) => !found.has(id))).toEqual([]);
  expect([...last.keys()]).toEqual([5]);
});
