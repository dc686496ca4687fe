import { type CacheUse, cacheUse } from './use.ts';

/** A value and when its computation began, in epoch milliseconds. */
export type Entry = { value: unknown; at: number };

/** Where instances that share a Redis find each other's values. Each of these may reject; then it is as if it were not there. */
export type SharedStore = {
  get: (key: string) => Promise<Entry | null>;
  set: (key: string, entry: Entry) => Promise<void>;
  /** Whether the caller is the one to compute the value now; others wait for it a short while. */
  lock: (key: string) => Promise<boolean>;
};

export type Cached<Value> = {
  value: Value;
  at: number;
  /** It was there already, or the new one could not be had. */
  cached: boolean;
};

type ReadOptions = {
  /** A value computed before this moment (epoch ms) is not good enough, as long as a newer one can be had. */
  since?: number;
};

/** Values that many ask for and that go out of date by events. */
export type Cache = {
  /**
   * The value of a key. What is fresh is handed out at once; what is a little old, too, while a new one is computed; all
   * who ask while a value is computed share it. When that fails or takes long, the last good value is handed out.
   * @throws what `load` throws, when there is no value yet
   */
  read: <Value>(key: string, load: () => Promise<Value>, options?: ReadOptions) => Promise<Cached<Value>>;
  use: CacheUse;
};

type Options = {
  /** Calls `drop` whenever what was computed until then is out of date, and `lost` when it hears no more; resolves when it listens. */
  listen: (heard: { drop: () => void; lost: () => void }) => Promise<void>;
  store?: SharedStore;
};

/** Milliseconds that a value is handed out without a second thought. */
const FRESH = 30_000;
/** Milliseconds that it is handed out while a new one is computed. */
const STALE = 300_000;
/** A value so young is good enough even if an event has come since: events in a row cost two computations a second. */
const SPACING = 500;
/** Milliseconds that somebody waits for a new value when there is an old one. */
const PATIENCE = 1_500;
/** How far the clocks of two instances may be apart. */
const SKEW = 2_000;
/** Milliseconds that an instance waits for another's computation, and between two looks. */
const OTHERS = 1_000;
const LOOK = 20;
const MOST = 5_000;

/** A cache of the process; with a `store` its values and computations are shared with the other instances. */
export function createCache({ listen, store }: Options): Cache {
  const use = cacheUse();
  /** The last used is the last. */
  const entries = new Map<string, Entry>();
  const running = new Map<string, { at: number; result: Promise<Entry> }>();
  let droppedAt = 0;
  let listening: Promise<boolean> | undefined;
  let isListening = false;

  const drop = () => {
    droppedAt = Date.now();
  };
  /** Before the first value is computed: what happens from then on is heard. */
  const heard = (): Promise<boolean> => {
    const lost = () => {
      drop();
      isListening = false;
      listening = undefined;
    };
    listening ??= listen({ drop, lost }).then(
      () => (isListening = true),
      () => {
        lost();
        return false;
      },
    );
    return listening;
  };

  const keep = (key: string, entry: Entry) => {
    entries.delete(key);
    entries.set(key, entry);
    const [oldest] = entries.keys();
    if (entries.size > MOST && oldest !== undefined) entries.delete(oldest);
  };

  const fromStore = async (key: string, since: number): Promise<Entry | null> => {
    const entry = (await store?.get(key).catch(() => null)) ?? null;
    if (entry === null || entry.at < since || entry.at <= droppedAt + SKEW) return null;
    return Date.now() - entry.at < FRESH ? entry : null;
  };

  /** Another instance's value, if one is computing it. */
  const fromOthers = async (key: string, since: number): Promise<Entry | null> => {
    if (!store || Date.now() - droppedAt < SKEW) return null;
    const found = await fromStore(key, since);
    if (found || (await store.lock(key).catch(() => true))) return found;
    for (let waited = 0; waited < OTHERS; waited += LOOK) {
      await new Promise((resolve) => setTimeout(resolve, LOOK));
      const entry = await fromStore(key, since);
      if (entry) return entry;
    }
    return null;
  };

  const compute = async (key: string, load: () => Promise<unknown>, since: number): Promise<Entry> => {
    const at = Date.now();
    const others = await fromOthers(key, since);
    const entry = others ?? { value: await load(), at };
    keep(key, entry);
    if (!others) store?.set(key, entry).catch(() => undefined);
    return entry;
  };

  const renew = (key: string, load: () => Promise<unknown>, since: number): Promise<Entry> => {
    const current = running.get(key);
    if (current && current.at >= since) return current.result;
    // One that began too early is let finish first: never two computations of one value at a time.
    const { promise: result, resolve } = Promise.withResolvers<Entry>();
    const run = { at: Infinity, result };
    running.set(key, run);
    const begin = () => {
      run.at = Date.now();
      resolve(compute(key, load, since));
    };
    if (current) current.result.then(begin, begin);
    else begin();
    const ended = () => {
      if (running.get(key) === run) running.delete(key);
    };
    result.then(ended, ended);
    return result;
  };

  const read = async <Value>(
    key: string,
    load: () => Promise<Value>,
    { since = 0 }: ReadOptions = {},
  ): Promise<Cached<Value>> => {
    const isHeard = isListening || ((await inTime(heard())) ?? false);
    const known = entries.get(key);
    const now = Date.now();
    const goodSince = Math.max(since, isHeard ? Math.min(droppedAt + 1, now - SPACING) : now - SPACING);
    const answer = ({ value, at }: Entry, cached: boolean) => ({ value: value as Value, at, cached });
    use.asked += 1;
    if (!known || known.at < goodSince || now - known.at >= STALE) {
      const next = renew(key, load, goodSince);
      if (!known) return answer(await next, false);
      const made = await inTime(next);
      return made ? answer(made, false) : answer(known, true);
    }
    use.known += 1;
    entries.delete(key);
    entries.set(key, known);
    // Whoever asks next gets the new one; if there is none, that reader is told.
    if (now - known.at >= FRESH) renew(key, load, goodSince).catch(() => undefined);
    return answer(known, true);
  };

  return { read, use };
}

/** Null when it fails or takes long. */
async function inTime<Result>(work: Promise<Result>): Promise<Result | null> {
  const late = Promise.withResolvers<null>();
  const timer = setTimeout(() => late.resolve(null), PATIENCE);
  try {
    return await Promise.race([work.catch(() => null), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
