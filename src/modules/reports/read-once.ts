import { type KnownRows, packedRows, type TextRow } from './packed-rows.ts';

/** About 28 MB of people with their names. */
const MOST = 200_000;

/**
 * For long lists that name the same things over and over: a function that returns, by id, what `read` makes of at least
 * the ids that it is given: the texts `keys`. Each is read once, as long as there are not too many to remember. Calls may
 * overlap.
 */
export function readOnce<Key extends string, Row extends TextRow<Key>>(
  keys: readonly Key[],
  read: (ids: readonly number[]) => Promise<Row[]>,
  most = MOST,
): (ids: readonly number[]) => Promise<KnownRows<Row>> {
  const empty = () => packedRows<Key, Row>(keys);
  let remembered = empty();
  return async (ids) => {
    // Another call may still wait for what it has found in the one before.
    if (remembered.size() > most) remembered = empty();
    const known = remembered;
    const missing = [...new Set(ids)].filter((id) => !known.has(id));
    if (missing.length > 0) for (const one of await read(missing)) known.add(one);
    return known;
  };
}
