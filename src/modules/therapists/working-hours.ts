import { startOfDay } from '../../time.ts';

/** A span of time, from `start` to before `end`, in epoch milliseconds. */
export type Span = { start: number; end: number };

/** A weekly block as the database has it: minutes of the clinic's wall clock, Monday is 1. */
export type Block = { weekday: number; startMinute: number; endMinute: number };

const DAY_MINUTES = 1_440;

/**
 * The first instant of a day at which the wall clock has reached a minute; 1440 is the midnight that ends the day.
 * A time that the clock skips is reached when it jumps, so that no work is added before or after the gap.
 */
function wallTime({ start, end }: Span, day: Temporal.PlainDate, minute: number, timeZone: string): number {
  if (minute === DAY_MINUTES) return end;
  if (end - start === DAY_MINUTES * 60_000) return start + minute * 60_000;
  const plainTime = new Temporal.PlainTime(Math.floor(minute / 60), minute % 60);
  const time = day.toZonedDateTime({ timeZone, plainTime });
  if (time.toPlainDateTime().equals(day.toPlainDateTime(plainTime))) return time.epochMilliseconds;
  const jump = time.add({ nanoseconds: 1 }).getTimeZoneTransition('previous');
  return (jump ?? time).epochMilliseconds;
}

const wholeDay = (day: Temporal.PlainDate, timeZone: string): Span => ({
  start: startOfDay(day.toString(), timeZone).epochMilliseconds,
  end: startOfDay(day.add({ days: 1 }).toString(), timeZone).epochMilliseconds,
});

/** The working spans of each day from `from` to `to` (both included), ascending, one per block. */
export function workingSpans(blocks: readonly Block[], from: string, to: string, timeZone: string): Span[] {
  const spans: Span[] = [];
  const last = Temporal.PlainDate.from(to);
  for (
    let day = Temporal.PlainDate.from(from);
    Temporal.PlainDate.compare(day, last) <= 0;
    day = day.add({ days: 1 })
  ) {
    const ofDay = blocks.filter(({ weekday }) => weekday === day.dayOfWeek);
    if (ofDay.length === 0) continue;
    const whole = wholeDay(day, timeZone);
    for (const block of ofDay) {
      const start = wallTime(whole, day, block.startMinute, timeZone);
      const end = wallTime(whole, day, block.endMinute, timeZone);
      if (end > start) spans.push({ start, end });
    }
  }
  return spans.toSorted((a, b) => a.start - b.start);
}

/** Joins spans that touch or overlap: work from 9 to 13 and from 13 to 17 is work from 9 to 17. */
export function merged(spans: readonly Span[]): Span[] {
  const result: Span[] = [];
  for (const span of spans) {
    const last = result.at(-1);
    if (last && span.start <= last.end) last.end = Math.max(last.end, span.end);
    else result.push({ ...span });
  }
  return result;
}

/** Whether two spans share any time; one may begin as the other ends. */
export const overlaps = (a: Span, b: Span): boolean => a.start < b.end && b.start < a.end;
