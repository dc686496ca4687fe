/** Rows of a long list that one query brings: large enough to be quick, small enough to keep memory flat. */
const BATCH = 2_000;

/** Work that has begun: what is wrong with it is told to who awaits it, which may be later. */
function begun<T>(work: Promise<T>): Promise<T> {
  work.catch(() => undefined);
  return work;
}

/**
 * Reads a long list batch by batch; `read` is told the last row so far, and reads on behind it by the list's key. The
 * database reads the next batch while the one before is used.
 */
export async function* inBatches<R>(
  read: (last: R | undefined, limit: number) => Promise<R[]>,
): AsyncGenerator<R[]> {
  let coming: Promise<R[]> | undefined = begun(read(undefined, BATCH));
  try {
    while (coming) {
      const rows: R[] = await coming;
      coming = rows.length < BATCH ? undefined : begun(read(rows.at(-1), BATCH));
      if (rows.length > 0) yield rows;
    }
  } finally {
    // Who stops early gives the connection back: nothing may still be read on it.
    await coming?.catch(() => undefined);
  }
}

/** What `make` makes of each batch; it is at the next one while the one before is used. */
export async function* madeAhead<A, B>(
  batches: AsyncIterable<A>,
  make: (batch: A) => Promise<B>,
): AsyncGenerator<B> {
  let coming: Promise<B> | undefined;
  try {
    for await (const batch of batches) {
      const made = begun(make(batch));
      const before = coming;
      coming = made;
      if (before) yield await before;
    }
    if (coming) yield await coming;
  } finally {
    await coming?.catch(() => undefined);
  }
}

/** A list that was read already. */
export async function* atOnce<R>(rows: readonly R[]): AsyncGenerator<readonly R[]> {
  yield rows;
}
