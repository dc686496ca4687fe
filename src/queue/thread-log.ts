import { type Logger, pino } from 'pino';
import * as v from 'valibot';

/** A logger whose lines go to the main thread, which alone writes to the log's destination. */
export function forwardingLogger(level: string, forward: (line: string) => void): Logger {
  return pino(
    { level, base: null, timestamp: false, formatters: { level: (label) => ({ level: label }) } },
    { write: forward },
  );
}

const Line = v.pipe(
  v.string(),
  v.parseJson(),
  v.looseObject({
    level: v.picklist(['trace', 'debug', 'info', 'warn', 'error', 'fatal']),
    msg: v.optional(v.string(), ''),
  }),
);

/** Writes a line of {@link forwardingLogger} to the main thread's log. */
export function replay(log: Logger, line: string): void {
  const { level, msg, ...fields } = v.parse(Line, line);
  log[level](fields, msg);
}
