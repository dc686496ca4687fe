import { afterAll, describe, expect, test } from 'bun:test';
import { systemCtx } from '../../src/context.ts';
import { together } from '../../src/modules/notifications/together.ts';
import { startTestApp } from '../harness.ts';

const app = await startTestApp();
afterAll(() => app.close());
const ctx = systemCtx(app.services, 'test');

/** Doubles numbers and keeps what each call was for; a call that holds a 0 fails. */
function doubling() {
  const calls: number[][] = [];
  const double = together<number, number>(async (_ctx, items) => {
    calls.push([...items]);
    await Bun.sleep(1);
    if (items.includes(0)) throw new Error('no');
    return items.map((item) => item * 2);
  });
  return { calls, double };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('what many jobs ask for', () => {
  test('in one turn of the event loop is one call', async () => {
    const { calls, double } = doubling();
    expect(await Promise.all([1, 2, 3].map((item) => double(ctx, item)))).toEqual([2, 4, 6]);
    expect(calls).toEqual([[1, 2, 3]]);
  });

  test('turn by turn in a rush is one call, too', async () => {
    const { calls, double } = doubling();
    await Promise.all([double(ctx, 1), double(ctx, 2)]);
    const fourth = double(ctx, 4);
    await turn();
    await turn();
    expect(await Promise.all([fourth, double(ctx, 5)])).toEqual([8, 10]);
    expect(calls).toEqual([
      [1, 2],
      [4, 5],
    ]);
  });

  test('while a call is under way is the next one', async () => {
    const { calls, double } = doubling();
    const first = double(ctx, 1);
    while (calls.length === 0) await turn();
    expect(await Promise.all([first, double(ctx, 2), double(ctx, 3)])).toEqual([2, 4, 6]);
    expect(calls).toEqual([[1], [2, 3]]);
  });

  test('is done one by one when it cannot be done together', async () => {
    const { double } = doubling();
    const results = await Promise.allSettled([1, 0, 3].map((item) => double(ctx, item)));
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });
});
