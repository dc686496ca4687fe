import type { Logger } from 'pino';
import type { Database } from '../db/client.ts';
import { createAlarm } from '../queue/alarm.ts';
import { describeFailure } from '../queue/failure.ts';
import { type Cursor, readCursor } from './cursor.ts';
import { createHints } from './hints.ts';
import type { LiveMessage } from './publish.ts';
import { type LiveRow, openReader, pastEvents, type Reader } from './reader.ts';
import { createSubscription, type LiveEvent, LONGEST_LAG, type Subscription } from './subscription.ts';
import { tidyLiveEvents } from './tidy.ts';
import { NO_WAKES, type Wakes } from './wakes.ts';

/** Events that reach listeners on every instance: written by `publish.ts` into the database, kept for an hour. */
export type Live = {
  /**
   * Listens from the moment the promise is fulfilled: what commits after it is heard, once; what committed just before
   * may be, too. With `after`, the id of
   * an event, it goes on behind that. Ends with `signal`, with the service, or when the listener lags far behind.
   */
  subscribe: (
    channels: readonly string[],
    options: { after?: string | undefined; signal: AbortSignal },
  ) => Promise<AsyncIterable<LiveEvent>>;
  /** To be called after a commit that published something: every instance looks at once. */
  announce: () => void;
  /** To be called after a commit with each of its hints ({@link hint}). */
  tell: (hint: LiveMessage) => void;
  /** Ends all subscriptions, and refuses new ones by ending them at once. */
  close: () => void;
};

/** Milliseconds between two looks while nobody wakes us, and while somebody does (a wake can get lost). */
const POLL = 500;
const SELDOM = 5_000;
const LONGEST_PAUSE = 15_000;
/** Commits in quick succession share one look, and one message to the other instances, in ms. */
const SPACING = 15;
const TIDY_EVERY = 600_000;

type Options = { db: Database; log: Pick<Logger, 'info' | 'warn'>; wakes?: Wakes };

/** The bus of one process; it reads the database only while somebody listens. */
export function createLive({ db, log, wakes = NO_WAKES }: Options): Live {
  const subscriptions = new Set<Subscription>();
  let pump: ReturnType<typeof startPump> | undefined;
  let closed = false;
  let sending: Timer | undefined;
  let tidied = -Infinity;

  const startPump = () => {
    const alarm = createAlarm();
    const opened = openReader(db);
    const run = async () => {
      const reader = await opened;
      let failures = 0;
      while (!alarm.ended()) {
        await alarm.sleep(pauseAfter(failures), true);
        if (alarm.ended()) return;
        await alarm.sleep(SPACING, false);
        try {
          handOut(reader, await reader.read(isWanted));
          failures = 0;
        } catch (error) {
          failures += 1;
          if (failures === 1) log.warn({ reason: describeFailure(error).reason }, 'live events wait');
        }
      }
    };
    // Who subscribes learns that the reader could not be opened.
    run().catch(() => undefined);
    return { opened, wake: alarm.ring, end: alarm.end };
  };
  const pauseAfter = (failures: number) =>
    failures > 0 ? Math.min(POLL * 2 ** failures, LONGEST_PAUSE) : wakes.arriving() ? SELDOM : POLL;
  const isWanted = (channel: string) => [...subscriptions].some(({ channels }) => channels.has(channel));
  const handOut = (reader: Reader, rows: readonly LiveRow[]) => {
    for (const one of rows) {
      for (const subscription of subscriptions) {
        if (subscription.channels.has(one.channel)) subscription.offer(one, reader.floor());
      }
    }
  };
  const wake = () => pump?.wake();
  const remove = (subscription: Subscription) => {
    subscription.end();
    subscriptions.delete(subscription);
    if (subscriptions.size > 0) return;
    pump?.end();
    pump = undefined;
  };
  const goOn = async (subscription: Subscription, reader: Reader, { floor, beyond }: Cursor) => {
    const now = reader.floor();
    // A cursor from beyond our numbers is another database's, or none: there is nothing to go on from.
    if (floor > reader.highest()) return subscription.goOn([], [], now);
    const past = await pastEvents(db, [...subscription.channels], floor, LONGEST_LAG);
    subscription.goOn(past, beyond, now);
    if (past.length === LONGEST_LAG) subscription.end();
  };
  async function* untilLeft(subscription: Subscription): AsyncGenerator<LiveEvent> {
    try {
      yield* subscription.events();
    } finally {
      remove(subscription);
    }
  }
  const announce = () => {
    wake();
    sending ??= setTimeout(() => {
      sending = undefined;
      wakes.send();
    }, SPACING);
    tidy();
  };
  const hints = createHints({ db, log, onWritten: announce });
  const tidy = () => {
    if (performance.now() - tidied < TIDY_EVERY) return;
    tidied = performance.now();
    tidyLiveEvents(db).catch((error: unknown) => {
      log.warn({ reason: describeFailure(error).reason }, 'old live events are still there');
    });
  };

  return {
    subscribe: async (channels, { after, signal }) => {
      const cursor = after === undefined ? null : readCursor(after);
      const subscription = createSubscription(channels, cursor !== null);
      if (closed || signal.aborted) {
        subscription.end();
        return subscription.events();
      }
      const { opened } = (pump ??= startPump());
      wakes.listen(wake);
      subscriptions.add(subscription);
      signal.addEventListener('abort', () => remove(subscription), { once: true });
      try {
        const reader = await opened;
        if (cursor) await goOn(subscription, reader, cursor);
      } catch (error) {
        remove(subscription);
        throw error;
      }
      return untilLeft(subscription);
    },
    announce,
    tell: hints.tell,
    close: () => {
      closed = true;
      hints.close();
      subscriptions.forEach(remove);
      clearTimeout(sending);
      wakes.close();
    },
  };
}
