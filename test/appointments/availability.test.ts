import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { ensureHolidays } from '../../src/modules/therapists/peru-holidays.ts';
import { holidays } from '../../src/modules/therapists/tables.ts';
import { type Client, startTestApp, type TestApp } from '../harness.ts';
import { at, book, day, rulesOf } from './clinic.ts';

/*
 * An instance remembers when a therapist can be booked. Here one books and another one changes that: what the first
 * remembers holds no longer from the commit on.
 */
let books: TestApp;
let changes: TestApp;
let desk: Client;
let admin: Client;
let patientId: number;

beforeAll(async () => {
  books = await startTestApp();
  changes = await startTestApp({ SECRET_KEY: books.config.secretKey ?? '' }, undefined, books.database);
  desk = await books.as('receptionist');
  admin = await changes.as('administrator');
  patientId = await books.patient();
});
afterAll(async () => {
  await changes.close();
  await books.close();
});

let days = 1;
/** The rules that a booking at ten o'clock on a day of its own breaks, on the instance that remembers. */
async function broken(therapistId: number, ahead: number): Promise<string[]> {
  const answer = await book(desk, {
    patient_id: patientId,
    therapist_id: therapistId,
    date_time: at(ahead, '10:00'),
  });
  if (answer.status !== 201) return rulesOf(answer);
  await desk.request('DELETE', `/api/appointments/${answer.json.id}/`, { body: { reason: 'Prueba' } });
  return [];
}

const does = async (method: string, path: string, body?: unknown) => {
  const answer = await admin.request(method, path, { body });
  expect(answer.status).toBeLessThan(300);
  return answer.json;
};

describe('an instance that remembers when a therapist can be booked obeys', () => {
  test('another working week', async () => {
    const therapist = await books.therapist();
    const on = (days += 1);
    expect(await broken(therapist, on)).toEqual([]);
    await does('PUT', `/api/therapists/${therapist}/schedule/`, []);
    expect(await broken(therapist, on)).toEqual(['outside_working_hours']);
    const { dayOfWeek } = Temporal.PlainDate.from(day(on));
    const block = { weekday: dayOfWeek, start_time: '10:00', end_time: '11:00' };
    await does('PUT', `/api/therapists/${therapist}/schedule/`, [block]);
    expect(await broken(therapist, on)).toEqual([]);
    expect(await broken(therapist, on + 1)).toEqual(['outside_working_hours']);
  });

  test('an absence, and its end', async () => {
    const therapist = await books.therapist();
    const on = (days += 1);
    expect(await broken(therapist, on)).toEqual([]);
    const path = `/api/therapists/${therapist}/time-off/`;
    const { id } = await does('POST', path, { starts_at: at(on, '10:30'), ends_at: at(on, '12:00') });
    expect(await broken(therapist, on)).toEqual(['therapist_time_off']);
    await does('DELETE', `${path}${id}/`);
    expect(await broken(therapist, on)).toEqual([]);
  });

  test('a holiday, its move, its end and its return, for every therapist', async () => {
    const [one, other] = [await books.therapist(), await books.therapist()];
    const [on, later] = [(days += 1), (days += 1)];
    const both = async (when: number) => [await broken(one, when), await broken(other, when)];
    expect([await both(on), await both(later)]).toEqual([
      [[], []],
      [[], []],
    ]);
    const { id } = await does('POST', '/api/holidays/', { date: day(on), name: 'Aniversario' });
    expect(await both(on)).toEqual([['clinic_closed'], ['clinic_closed']]);
    await does('PUT', `/api/holidays/${id}/`, { date: day(later), name: 'Aniversario' });
    expect([await both(on), await both(later)]).toEqual([
      [[], []],
      [['clinic_closed'], ['clinic_closed']],
    ]);
    await does('DELETE', `/api/holidays/${id}/`);
    expect(await both(later)).toEqual([[], []]);
    await does('POST', `/api/holidays/${id}/restore/`);
    expect(await both(later)).toEqual([['clinic_closed'], ['clinic_closed']]);
  });

  test('the calendar that is filled with public holidays', async () => {
    await changes.services.db.delete(holidays);
    const therapist = await books.therapist();
    const year = Temporal.Now.plainDateISO('America/Lima').year;
    // The next public holiday within the booking horizon.
    const candidates = ['12-25', '01-01', '05-01', '06-29', '07-28', '08-30', '10-08']
      .flatMap((date) => [`${year}-${date}`, `${year + 1}-${date}`])
      .map((date) => Temporal.PlainDate.from(day(0)).until(date, { largestUnit: 'day' }).days)
      .filter((ahead) => ahead > 1 && ahead < 175)
      .toSorted((a, b) => a - b);
    const on = candidates[0] ?? 0;
    expect(await broken(therapist, on)).toEqual([]);
    await ensureHolidays(changes.ctx());
    expect(await broken(therapist, on)).toEqual(['clinic_closed']);
  });
});

test('a day in the past is judged whole, whatever is remembered from today on', async () => {
  const therapist = await books.therapist();
  expect(await broken(therapist, (days += 1))).toEqual([]);
  await does('POST', `/api/therapists/${therapist}/time-off/`, {
    starts_at: at(-2, '09:00'),
    ends_at: at(-2, '12:00'),
  });
  expect(await broken(therapist, -2)).toEqual(['appointment_in_past', 'therapist_time_off']);
  expect(await broken(therapist, days)).toEqual([]);
});
