/** About 30 MB of people with their names. */
const MOST = 100_000;

/**
 * For long lists that name the same things over and over: a function that returns, by id, what `read` makes of at least
 * the ids that it is given. Each is read once, as long as there are not too many to remember. Calls may overlap.
 */
export function readOnce<T extends { id: number }>(
  read: (ids: readonly number[]) => Promise<T[]>,
  most = MOST,
): (ids: readonly number[]) => Promise<ReadonlyMap<number, T>> {
  let remembered = new Map<number, T>();
  return async (ids) => {
    // Another call may still wait for what it has found in the one before.
    if (remembered.size > most) remembered = new Map();
    const known = remembered;
    const missing = [...new Set(ids)].filter((id) => !known.has(id));
    if (missing.length > 0) for (const one of await read(missing)) known.set(one.id, one);
    return known;
  };
}
