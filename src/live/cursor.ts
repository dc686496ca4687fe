/**
 * How far a listener has come. Numbers are given before the commit, so a row may appear after one with a larger
 * number: all up to `floor` is dealt with, and so is `beyond`.
 */
export type Cursor = { floor: number; beyond: readonly number[] };

/** More of them would make the id of an event long; who resumes may then hear an event of the last seconds twice. */
const MOST_BEYOND = 100;

const WRITTEN = new RegExp(`^[0-9a-z]{1,10}(?:\\.[0-9a-z]{1,10}){0,${MOST_BEYOND}}$`);

/** The cursor as the id of a server-sent event. */
export const writeCursor = ({ floor, beyond }: Cursor): string =>
  [floor, ...beyond.slice(-MOST_BEYOND).map((id) => id - floor)].map((part) => part.toString(36)).join('.');

/** Null for what {@link writeCursor} has not written: a client may send anything as its `Last-Event-ID`. */
export function readCursor(text: string): Cursor | null {
  if (!WRITTEN.test(text)) return null;
  const [floor = 0, ...above] = text.split('.').map((part) => Number.parseInt(part, 36));
  return { floor, beyond: above.map((part) => floor + part) };
}
