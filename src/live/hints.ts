import type { Logger } from 'pino';
import type { Database } from '../db/client.ts';
import { createAlarm } from '../queue/alarm.ts';
import { describeFailure } from '../queue/failure.ts';
import { type LiveMessage, writeEvents } from './publish.ts';

type Options = { db: Database; log: Pick<Logger, 'warn'>; onWritten: () => void };

/** Milliseconds in which what is said again is told only once. */
const SPACING = 100;
/** Milliseconds until what could not be written is tried again. */
const PAUSE = 1_000;

/** Writes a process's hints: the first at once, and what is said again meanwhile once, a moment later. */
export function createHints({ db, log, onWritten }: Options) {
  const waiting = new Map<string, LiveMessage>();
  const alarm = createAlarm();
  let isWriting = false;

  const write = async () => {
    const messages = [...waiting];
    waiting.clear();
    try {
      await writeEvents(
        db,
        messages.map(([, message]) => message),
      );
      onWritten();
      await alarm.sleep(SPACING, false);
    } catch (error) {
      if (alarm.ended()) return;
      log.warn({ reason: describeFailure(error).reason }, 'a change is told later');
      for (const [key, message] of messages) waiting.set(key, message);
      await alarm.sleep(PAUSE, false);
    }
  };
  const writeAll = async () => {
    isWriting = true;
    while (waiting.size > 0) await write();
    isWriting = false;
  };

  return {
    tell: (message: LiveMessage) => {
      waiting.set(`${message.channel} ${message.kind}`, message);
      if (!isWriting) void writeAll();
    },
    /** What waits is still written, once. */
    close: alarm.end,
  };
}
