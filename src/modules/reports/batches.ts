/** Rows of a long list that one query brings: large enough to be quick, small enough to keep memory flat. */
const BATCH = 5_000;

/**
 * Reads a long list batch by batch; `read` is told the last row so far, and reads on behind it by the list's key. The
 * database reads the next batch while the one before is used.
 */
export async function* inBatches<R>(
  read: (last: R | undefined, limit: number) => Promise<R[]>,
): AsyncGenerator<R[]> {
  let coming: Promise<R[]> | undefined = read(undefined, BATCH);
  try {
    while (coming) {
      const rows: R[] = await coming;
      coming = rows.length < BATCH ? undefined : read(rows.at(-1), BATCH);
      if (rows.length > 0) yield rows;
    }
  } finally {
    // Who stops early gives the connection back: nothing may still be read on it.
    await coming?.catch(() => undefined);
  }
}

/** A list that was read already. */
export async function* atOnce<R>(rows: readonly R[]): AsyncGenerator<readonly R[]> {
  yield rows;
}
