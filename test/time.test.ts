import { describe, expect, test } from 'bun:test';
import * as fc from 'fast-check';
import { addMinutes, endOfDay, formatInstant, localDay, parseInstant, startOfDay } from '../src/time.ts';

const ZONES = [
  'America/Lima',
  'Europe/Madrid',
  'America/Santiago',
  'Africa/Cairo',
  'America/Asuncion',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'UTC',
];
const zone = fc.constantFrom(...ZONES);
const instant = fc
  .integer({ min: Date.UTC(1975, 0), max: Date.UTC(2060, 0) })
  .map((ms) => Temporal.Instant.fromEpochMilliseconds(ms));

describe('an instant', () => {
  test('is written as Temporal writes it, to the second', () => {
    fc.assert(
      fc.property(instant, zone, (at, timeZone) => {
        const local = at.toZonedDateTimeISO(timeZone);
        expect(formatInstant(at, timeZone)).toBe(
          local.toString({ smallestUnit: 'second', timeZoneName: 'never', roundingMode: 'floor' }),
        );
        expect(localDay(at, timeZone)).toBe(local.toPlainDate().toString());
      }),
      { numRuns: 500 },
    );
  });

  test('is read back from what was written', () => {
    fc.assert(
      fc.property(instant, zone, zone, (at, timeZone, other) => {
        const whole = at.round({ smallestUnit: 'second' });
        expect(parseInstant(formatInstant(whole, timeZone), other)?.equals(whole)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    ['2030-06-01T10:00', '2030-06-01T08:00:00Z'],
    ['2030-06-01 10:00:30', '2030-06-01T08:00:30Z'],
    ['2030-12-01T10:00', '2030-12-01T09:00:00Z'],
    ['2030-03-31T02:30', '2030-03-31T01:30:00Z'], // skipped: moves forward
    ['2030-10-27T02:30', '2030-10-27T00:30:00Z'], // repeated: the earlier
    ['2030-10-27T02:30+01:00', '2030-10-27T01:30:00Z'], // or the one it says
    ['2030-06-01T10:00:00.500Z', '2030-06-01T10:00:00.5Z'],
    ['2030-06-01T10:00:00-0500', '2030-06-01T15:00:00Z'],
  ])('%s in Madrid is %s', (text, expected) => {
    expect(parseInstant(text, 'Europe/Madrid')?.toString()).toBe(Temporal.Instant.from(expected).toString());
  });

  test.each(['', 'now', '2030-02-30T10:00', '2030-06-01T25:00', '2030-06-01T10:00+99:00'])(
    '%p is none',
    (text) => {
      expect(parseInstant(text, 'Europe/Madrid')).toBeNull();
    },
  );
});

describe('a day', () => {
  test('begins where the one before ends, and all of it is of that day', () => {
    const days = fc
      .integer({ min: 0, max: 30_000 })
      .map((n) => Temporal.PlainDate.from('1975-01-01').add({ days: n }));
    fc.assert(
      fc.property(days, zone, (day, timeZone) => {
        const [start, end] = [startOfDay(day.toString(), timeZone), endOfDay(day.toString(), timeZone)];
        expect(end.equals(startOfDay(day.add({ days: 1 }).toString(), timeZone))).toBe(true);
        const isSkipped = timeZone === 'Pacific/Apia' && day.toString() === '2011-12-30';
        if (isSkipped) return;
        expect(localDay(start, timeZone)).toBe(day.toString());
        expect(localDay(addMinutes(end, -1), timeZone)).toBe(day.toString());
        expect(localDay(addMinutes(start, -1), timeZone) < day.toString()).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    ['America/Santiago', '2030-09-08', '2030-09-08T04:00:00Z', '2030-09-09T03:00:00Z'],
    ['Africa/Cairo', '2026-04-24', '2026-04-23T22:00:00Z', '2026-04-24T21:00:00Z'],
    ['America/Asuncion', '2023-10-01', '2023-10-01T04:00:00Z', '2023-10-02T03:00:00Z'],
    ['Europe/Madrid', '2030-10-27', '2030-10-26T22:00:00Z', '2030-10-27T23:00:00Z'],
    ['Pacific/Apia', '2011-12-30', '2011-12-30T10:00:00Z', '2011-12-30T10:00:00Z'],
  ])('in %s, %s is from %s to %s', (timeZone, day, start, end) => {
    expect(startOfDay(day, timeZone).toString()).toBe(start);
    expect(endOfDay(day, timeZone).toString()).toBe(end);
  });
});
