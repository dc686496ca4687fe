/** Rows of a long list that one query brings: large enough to be quick, small enough to keep memory flat. */
const BATCH = 5_000;

/** Reads a long list batch by batch; `read` is told the last row so far, and reads on behind it by the list's key. */
export async function* inBatches<R>(
  read: (last: R | undefined, limit: number) => Promise<R[]>,
): AsyncGenerator<R[]> {
  for (let last: R | undefined; ;) {
    const rows = await read(last, BATCH);
    if (rows.length > 0) yield rows;
    if (rows.length < BATCH) return;
    last = rows.at(-1);
  }
}

/** A list that was read already. */
export async function* atOnce<R>(rows: readonly R[]): AsyncGenerator<readonly R[]> {
  yield rows;
}
