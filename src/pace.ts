/** How fast long work goes on that others should not notice. */
export type Pace = {
  /** How many rows to take at once. */
  rows: () => number;
  /** To be awaited between two steps, with the milliseconds that the last one took. */
  rest: (workedMs: number) => Promise<void>;
};

/** Large enough to be quick, small enough to keep memory flat and to let requests in between. */
const ROWS = 1_000;
/** So many are worked off within a few milliseconds: a request that comes meanwhile waits for no more than that. */
const FEW_ROWS = 125;
/** Beside requests it rests so many times as long as it worked. */
const REST = 3;
/** Requests a second that count as traffic; who only looks how far the work is sends fewer. */
const TRAFFIC = 20;
/** Milliseconds that the requests are counted over. */
const WINDOW = 100;

/** For work that somebody waits for. */
export const FULL_SPEED: Pace = { rows: () => ROWS, rest: async () => undefined };

/** Counts a process's requests, in memory that its threads can read. */
export const createRequestCount = (): Int32Array<SharedArrayBuffer> =>
  new Int32Array(new SharedArrayBuffer(4));

/**
 * For a thread beside requests: while many are counted, short steps with a rest after each, so that a request seldom
 * finds both a core and the database taken.
 */
export function behindRequests(requestCount: Int32Array): Pace {
  let since = performance.now();
  let before = Atomics.load(requestCount, 0);
  let isTraffic = false;
  const look = (): boolean => {
    const now = performance.now();
    if (now - since < WINDOW) return isTraffic;
    const count = Atomics.load(requestCount, 0);
    isTraffic = ((count - before) / (now - since)) * 1_000 > TRAFFIC;
    since = now;
    before = count;
    return isTraffic;
  };
  return {
    rows: () => (look() ? FEW_ROWS : ROWS),
    rest: async (workedMs) => {
      if (look()) await new Promise((resolve) => setTimeout(resolve, REST * workedMs));
    },
  };
}
