/**
 * The end of a transaction's work: `finish` issues its last statements, all of them at once and each a `statement`
 * (`statement.ts`), and makes the result of what they return. The COMMIT travels with them in one packet, so a lock
 * that they take is held for no round trip; what `finish` does after its first `await` is behind the commit.
 */
export class Closing<T> {
  constructor(readonly finish: () => Promise<T>) {}
}

/** For where more follows before the commit: the result, once the last statements are done. */
export const finished = <T>(result: T | Closing<T>): T | Promise<T> =>
  result instanceof Closing ? result.finish() : result;
