import type { Pace } from '../../pace.ts';

/** Work that has begun: what is wrong with it is told to who awaits it, which may be later. */
function begun<T>(work: Promise<T>): Promise<T> {
  work.catch(() => undefined);
  return work;
}

/**
 * Reads a long list batch by batch; `read` is told the last row so far, and reads on behind it by the list's key. `make`
 * makes of a batch's rows what it needs. While one batch is used the database is at what `make` asks of the next, and
 * at the rows behind it: both are asked for at once, so that they travel in one packet. Where `make` asks, `read` is best
 * an `early` statement (`db/statement.ts`): the next packet is then on its way before this one is worked off. `pace` says
 * how large a batch is, and how long to rest after one.
 */
export async function* inBatches<R, B = readonly R[]>(
  pace: Pace,
  read: (last: R | undefined, limit: number) => Promise<R[]>,
  make: (rows: readonly R[]) => Promise<B>,
): AsyncGenerator<B> {
  let limit = pace.rows();
  let reading = begun(read(undefined, limit));
  let making: Promise<B> | undefined;
  try {
    for (;;) {
      const rows = await reading;
      const isLast = rows.length < limit;
      limit = pace.rows();
      if (!isLast) reading = begun(read(rows.at(-1), limit));
      const before = making;
      making = rows.length > 0 ? begun(make(rows)) : undefined;
      if (before) {
        const batch = await before;
        const started = performance.now();
        yield batch;
        await pace.rest(performance.now() - started);
      }
      if (isLast) break;
    }
    if (making) yield await making;
  } finally {
    // Who stops early gives the connection back: nothing may still be read on it.
    await Promise.allSettled([reading, making]);
  }
}

/** The rows as they are. */
export const asRead = async <R>(rows: readonly R[]): Promise<readonly R[]> => rows;

/** A list that was read already. */
export async function* atOnce<R>(rows: readonly R[]): AsyncGenerator<readonly R[]> {
  yield rows;
}
