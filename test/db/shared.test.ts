import { describe, expect, test } from 'bun:test';
import { shared } from '../../src/db/shared.ts';

/** Runs that end when they are told to. */
function runs() {
  const started: PromiseWithResolvers<number>[] = [];
  return {
    started,
    run: () => {
      const one = Promise.withResolvers<number>();
      started.push(one);
      return one.promise;
    },
  };
}

const tick = () => new Promise((resolve) => setTimeout(resolve, 0));

describe('calls that ask the same at the same time', () => {
  test('are served together by a run that begins after they came', async () => {
    const share = shared<number>();
    const { started, run } = runs();
    const first = share('a', run);
    const others = [share('a', run), share('a', run), share('a', run)];
    expect(started.length).toBe(1);
    started[0]?.resolve(1);
    expect(await first).toBe(1);
    await tick();
    expect(started.length).toBe(2);
    started[1]?.resolve(2);
    expect(await Promise.all(others)).toEqual([2, 2, 2]);
  });

  test('run anew when nobody is before them, and apart under another key', async () => {
    const share = shared<number>();
    const { started, run } = runs();
    const one = share('a', run);
    const other = share('b', run);
    started[0]?.resolve(1);
    started[1]?.resolve(2);
    expect(await Promise.all([one, other])).toEqual([1, 2]);
    await tick();
    const later = share('a', run);
    started[2]?.resolve(3);
    expect(await later).toBe(3);
  });

  test('fail alone: who came meanwhile gets a run of its own', async () => {
    const share = shared<number>();
    const { started, run } = runs();
    const first = share('a', run);
    const second = share('a', run);
    started[0]?.reject(new Error('gone'));
    expect(first).rejects.toThrow('gone');
    await tick();
    started[1]?.resolve(2);
    expect(await second).toBe(2);
    await tick();
    const third = share('a', run);
    expect(started.length).toBe(3);
    started[2]?.resolve(3);
    expect(await third).toBe(3);
  });
});
