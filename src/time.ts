/**
 * Time lives here once: instants are `Temporal.Instant`, stored as UTC, shown in the clinic's zone
 * (contract, "Conventions"); calendar days are `YYYY-MM-DD` strings of the clinic's calendar.
 */

const QUARTER_HOUR = 15 * 60_000;
const offsets = new Map<string, Map<number, number>>();

/** The zone's offset at an instant, in ms. Cached per quarter of an hour: no IANA zone changes within one. */
function offsetAt(epochMs: number, timeZone: string): number {
  let zone = offsets.get(timeZone);
  if (!zone) offsets.set(timeZone, (zone = new Map()));
  const quarter = Math.floor(epochMs / QUARTER_HOUR);
  let offset = zone.get(quarter);
  if (offset === undefined) {
    if (zone.size > 200_000) zone.clear();
    const instant = Temporal.Instant.fromEpochMilliseconds(epochMs);
    offset = instant.toZonedDateTimeISO(timeZone).offsetNanoseconds / 1e6;
    zone.set(quarter, offset);
  }
  return offset;
}

const two = (value: number) => (value < 10 ? `0${value}` : `${value}`);

const DAY = 86_400_000;
const days = new Map<number, string>();

/** `YYYY-MM-DD` of a day counted from 1970-01-01. */
function dayText(number: number): string {
  let text = days.get(number);
  if (text === undefined) {
    if (days.size > 100_000) days.clear();
    text = new Date(number * DAY).toISOString().slice(0, 10);
    days.set(number, text);
  }
  return text;
}

/** ISO 8601 to the second with the zone's offset, such as `2026-11-22T10:00:00-05:00`. */
export function formatInstant(instant: Temporal.Instant, timeZone: string): string {
  const epochMs = instant.epochMilliseconds;
  const offset = offsetAt(epochMs, timeZone);
  const local = epochMs + offset;
  const day = Math.floor(local / DAY);
  const seconds = Math.floor((local - day * DAY) / 1_000);
  const time = `${two(Math.floor(seconds / 3_600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  const minutes = Math.abs(offset) / 60_000;
  const zone = `${offset < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(Math.floor(minutes % 60))}`;
  return `${dayText(day)}T${time}${zone}`;
}

/** The clinic's calendar day of an instant, `YYYY-MM-DD`. */
export function localDay(instant: Temporal.Instant, timeZone: string): string {
  const epochMs = instant.epochMilliseconds;
  return dayText(Math.floor((epochMs + offsetAt(epochMs, timeZone)) / DAY));
}

const HAS_OFFSET = /(?:[zZ]|[+-]\d{2}:?\d{2})$/;

/**
 * Reads an ISO 8601 instant; without an offset it is read in `timeZone` (a wall time that a clock change skips
 * moves forward, one that it repeats is the earlier). Returns null for anything else.
 */
export function parseInstant(text: string, timeZone: string): Temporal.Instant | null {
  try {
    if (HAS_OFFSET.test(text)) return Temporal.Instant.from(text);
    return Temporal.PlainDateTime.from(text).toZonedDateTime(timeZone).toInstant();
  } catch {
    return null;
  }
}

/** First instant of a calendar day in the zone (not always 00:00: some zones skip midnight). */
export const startOfDay = (day: string, timeZone: string): Temporal.Instant =>
  Temporal.PlainDate.from(day).toZonedDateTime(timeZone).toInstant();

/** First instant after a calendar day in the zone. */
export const endOfDay = (day: string, timeZone: string): Temporal.Instant =>
  Temporal.PlainDate.from(day).add({ days: 1 }).toZonedDateTime(timeZone).toInstant();

/** Adds minutes of elapsed time. */
export const addMinutes = (instant: Temporal.Instant, minutes: number): Temporal.Instant =>
  Temporal.Instant.fromEpochMilliseconds(instant.epochMilliseconds + minutes * 60_000);
