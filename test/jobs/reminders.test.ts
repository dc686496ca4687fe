import { afterAll, beforeAll, beforeEach, expect, setDefaultTimeout, test } from 'bun:test';
import { eq } from 'drizzle-orm';
import { systemCtx } from '../../src/context.ts';
import { outbox } from '../../src/db/outbox.ts';
import { appointments } from '../../src/modules/appointments/tables.ts';
import { deliveries, notifications } from '../../src/modules/notifications/tables.ts';
import { remind } from '../../src/modules/reminders/remind-patients.ts';
import { handle } from '../../src/modules/reminders/send-reminder.ts';
import { skipPassedReminders } from '../../src/modules/reminders/skip-passed.ts';
import { reminders } from '../../src/modules/reminders/tables.ts';
import { scheduleBlocks } from '../../src/modules/therapists/tables.ts';
import { startTestApp, type TestApp } from '../harness.ts';

setDefaultTimeout(30_000);

const NOW = Temporal.Instant.from('2026-11-23T15:00:00Z');
let app: TestApp;
let therapistId: number;
let patientId: number;

beforeAll(async () => {
  app = await startTestApp();
  therapistId = await app.therapist();
  patientId = await app.patient({ email: 'rosa@example.com' });
});
afterAll(() => app.close());
beforeEach(async () => {
  await app.services.db.delete(outbox);
  await app.services.db.delete(reminders);
  await app.services.db.delete(appointments);
});

const ctx = (now = NOW) => ({ ...systemCtx(app.services, 'test'), now });

/** An appointment so many minutes from NOW, booked so many hours before it. */
async function book(minutes: number, more: Partial<typeof appointments.$inferInsert> = {}, bookedHours = 72) {
  const dateTime = NOW.add({ minutes });
  const [row] = await app.services.db
    .insert(appointments)
    .values({
      patientId,
      therapistId,
      dateTime,
      duration: 60,
      endsAt: dateTime.add({ minutes: 60 }),
      price: '50.00',
      createdAt: dateTime.subtract({ minutes: bookedHours * 60 }),
      ...more,
    })
    .$returningId();
  return row?.id ?? 0;
}
const move = (id: number, minutes: number) =>
  app.services.db
    .update(appointments)
    .set({ dateTime: NOW.add({ minutes }) })
    .where(eq(appointments.id, id));
const decided = async () =>
  (await app.services.db.select().from(reminders)).map(({ appointmentId, kind }) => [appointmentId, kind]);
const jobs = async () =>
  (await app.services.db.select().from(outbox)).map(({ data }) => data as { reminderId: number });

test.each([
  ['24h', 24 * 60, true],
  ['24h', 24 * 60 + 1, false],
  ['24h', 20 * 60, true], // the service was down at its time
  ['24h', 12 * 60, false],
  ['1h', 60, true],
  ['1h', 61, false],
  ['1h', 20, true],
  ['1h', 5, false],
  ['1h', -10, false],
] as const)('a reminder of %s, %d minutes before: %p', async (kind, minutes, due) => {
  const id = await book(minutes);
  expect(await remind(ctx(), kind)).toBe(due ? 1 : 0);
  expect(await decided()).toEqual(due ? [[id, kind]] : []);
});

test('a booking made less than a day ahead gets no reminder of the day before, but the one of the last hour', async () => {
  const id = await book(23 * 60, {}, 23.5);
  expect(await remind(ctx(), '24h')).toBe(0);
  expect(await remind(ctx(NOW.add({ hours: 22 })), '1h')).toBe(1);
  expect(await decided()).toEqual([[id, '1h']]);
});

test.each(['cancelled', 'completed', 'no_show', 'in_progress'] as const)(
  'nobody is reminded of an appointment that is %s',
  async (status) => {
    await book(60, { status });
    expect(await remind(ctx(), '1h')).toBe(0);
  },
);

test('each is decided once, however often and by however many at a time one looks', async () => {
  for (const minutes of [30, 40, 50]) await book(minutes);
  await Promise.all([remind(ctx(), '1h'), remind(ctx(), '1h'), remind(ctx(), '1h')]);
  expect(await remind(ctx(NOW.add({ minutes: 1 })), '1h')).toBe(0);
  expect(await decided()).toHaveLength(3);
});

test('a moved appointment is reminded of anew, at its new time', async () => {
  const id = await book(60);
  await remind(ctx(), '1h');
  await move(id, 5 * 60);
  expect(await remind(ctx(NOW.add({ minutes: 1 })), '1h')).toBe(0);
  expect(await remind(ctx(NOW.add({ hours: 4 })), '1h')).toBe(1);
});

test.each([
  ['20 hours from now', 20 * 60, ['1h']],
  ['40 minutes from now', 40, []],
  ['26 hours from now', 26 * 60, ['24h', '1h']],
] as const)(
  'moved to %s: a reminder whose hour has passed is not sent, the others are',
  async (_, minutes, later) => {
    const id = await book(30 * 24 * 60, {}, 60 * 24);
    await move(id, minutes);
    await skipPassedReminders(ctx(), { id, startsAt: NOW.add({ minutes }) });
    expect(await remind(ctx(), '24h')).toBe(0);
    expect(await remind(ctx(), '1h')).toBe(0);
    for (const [kind, hours] of [
      ['24h', 24],
      ['1h', 1],
    ] as const) {
      const wanted = later.some((one) => one === kind);
      expect(await remind(ctx(NOW.add({ minutes: minutes - hours * 60 })), kind)).toBe(wanted ? 1 : 0);
    }
  },
);

test('a thousand and one fall due together: all are decided, each in a job of its own', async () => {
  for (let i = 0; i < 1_001; i += 77) {
    const rows = Array.from({ length: Math.min(77, 1_001 - i) }, (_, k) => ({
      patientId,
      therapistId,
      dateTime: NOW.add({ minutes: 30 + ((i + k) % 7) }),
      duration: 60,
      endsAt: NOW.add({ minutes: 90 }),
      price: '50.00',
      createdAt: NOW.subtract({ hours: 100 }),
    }));
    await app.services.db.insert(appointments).values(rows);
  }
  expect(await remind(ctx(), '1h')).toBe(1_001);
  const all = (await jobs()).map(({ reminderId }) => reminderId);
  expect([all.length, new Set(all).size]).toEqual([1_001, 1_001]);
});

test('sends each reminder once, and none of an appointment that was moved or cancelled since', async () => {
  const [kept, moved, cancelled] = [await book(50), await book(55), await book(58)];
  await remind(ctx(), '1h');
  const all = await jobs();
  await move(moved, 600);
  await app.services.db
    .update(appointments)
    .set({ status: 'cancelled' })
    .where(eq(appointments.id, cancelled));
  const run = {
    id: 'outbox-1',
    attempt: 1,
    maxAttempts: 3,
    signal: new AbortController().signal,
    progress: async () => undefined,
  };
  for (const job of [...all, ...all]) await handle(ctx(), job, run);
  const sent = await app.services.db.select().from(notifications);
  expect(sent.map(({ kind }) => kind)).toEqual(['appointment_reminder']);
  const [row] = await app.services.db.select().from(reminders).where(eq(reminders.appointmentId, kept));
  expect(sent[0]?.eventKey).toBe(`reminder-${row?.id}:patient-${patientId}`);
  const states = await app.services.db.select().from(deliveries);
  expect(states.map(({ channel, state, attempts }) => [channel, state, attempts])).toEqual([
    ['email', 'sent', 1],
    ['sms', 'sent', 1],
    ['push', 'skipped', 0],
  ]);
});

// The last: it leaves a ticket.
test('the desk moves an appointment to less than a day ahead: its mail tells that, and no reminder follows', async () => {
  const desk = await app.as('receptionist');
  await app.services.db.update(scheduleBlocks).set({ startMinute: 0, endMinute: 24 * 60 });
  const hour = Temporal.Now.zonedDateTimeISO('America/Lima').round({ smallestUnit: 'hour' });
  const at = (hours: number) => hour.add({ hours }).toString({ timeZoneName: 'never' });
  const made = await desk.request('POST', '/api/appointments/', {
    body: { patient_id: patientId, therapist_id: therapistId, date_time: at(5 * 24) },
  });
  expect(made.status).toBe(201);
  const id = made.json.id;
  await app.services.db.update(appointments).set({ createdAt: NOW.subtract({ hours: 24 * 365 }) });
  const moved = await desk.request('PUT', `/api/appointments/${id}/`, { body: { date_time: at(20) } });
  expect(moved.status).toBe(200);
  const now = Temporal.Now.instant();
  expect(await remind(ctx(now), '24h')).toBe(0);
  expect(await remind(ctx(Temporal.Instant.from(at(20)).subtract({ minutes: 30 })), '1h')).toBe(1);
});
