import { afterAll, beforeAll, expect, test } from 'bun:test';
import { eq } from 'drizzle-orm';
import { offeredMinutes } from '../../src/modules/reports/statistics/offered.ts';
import { holidays, scheduleBlocks, therapists, timeOff } from '../../src/modules/therapists/tables.ts';
import { startTestApp, type TestApp } from '../harness.ts';

/** Of New York: 2025-03-09 has 23 hours, 2025-11-02 has 25; both are Sundays. */
const ZONE = 'America/New_York';
let app: TestApp;
let therapistId: number;

beforeAll(async () => {
  app = await startTestApp({ CLINIC_TIMEZONE: ZONE });
  const createdAt = Temporal.Instant.from('2025-01-01T12:00:00Z');
  therapistId = await app.therapist({ createdAt });
});
afterAll(() => app.close());

const at = (wall: string) => Temporal.PlainDateTime.from(wall).toZonedDateTime(ZONE).toInstant();
const offered = async (from: string, to = from) => {
  const { byDay, byTherapist } = await offeredMinutes(app.services.db, { from, to }, ZONE, [therapistId]);
  const days = [...byDay.values()].reduce((sum, minutes) => sum + minutes, 0);
  expect(byTherapist.get(therapistId)).toBe(days);
  return days;
};

test('is the schedule, from the registration on', async () => {
  expect(await offered('2025-06-02')).toBe(540);
  expect(await offered('2025-06-02', '2025-06-08')).toBe(7 * 540);
  expect(await offered('2024-12-31')).toBe(0);
  expect(await offered('2024-12-25', '2025-01-02')).toBe(2 * 540);
});

test('less holidays', async () => {
  await app.services.db.insert(holidays).values({ date: '2025-07-04', name: 'Feriado' });
  expect(await offered('2025-07-03', '2025-07-05')).toBe(2 * 540);
});

test('less time off, each minute once, within working hours only', async () => {
  const absences = [
    ['2025-08-04T00:00', '2025-08-06T00:00'],
    ['2025-08-05T12:00', '2025-08-06T10:00'],
    ['2025-08-07T07:00', '2025-08-07T09:30'],
    ['2025-08-07T17:30', '2025-08-07T23:00'],
  ] as const;
  await app.services.db
    .insert(timeOff)
    .values(absences.map(([from, to]) => ({ therapistId, startsAt: at(from), endsAt: at(to) })));
  expect(await offered('2025-08-03')).toBe(540);
  expect(await offered('2025-08-04')).toBe(0);
  expect(await offered('2025-08-05')).toBe(0);
  expect(await offered('2025-08-06')).toBe(540 - 60);
  expect(await offered('2025-08-07')).toBe(540 - 30 - 30);
});

test('on days whose clocks change, real time', async () => {
  await app.services.db
    .insert(scheduleBlocks)
    .values({ therapistId, weekday: 7, startMinute: 60, endMinute: 240 });
  expect(await offered('2025-03-09')).toBe(540 + 120);
  expect(await offered('2025-11-02')).toBe(540 + 240);
  expect(await offered('2025-11-09')).toBe(540 + 180);
});

test('until the last appointment of one who has left', async () => {
  await app.services.db.update(therapists).set({ isActive: false }).where(eq(therapists.id, therapistId));
  expect(await offered('2025-06-02')).toBe(0);
});
