import { afterAll, beforeAll, expect, test } from 'bun:test';
import { asc } from 'drizzle-orm';
import { transaction } from '../../src/context.ts';
import { appointments } from '../../src/modules/appointments/tables.ts';
import { issueTicket } from '../../src/modules/billing/issue-ticket.ts';
import { tickets } from '../../src/modules/billing/tables.ts';
import { type Client, startTestApp, type TestApp } from '../harness.ts';
import { at, book, existing, ZONE } from './clinic.ts';

let app: TestApp;
let desk: Client;

beforeAll(async () => {
  app = await startTestApp();
  desk = await app.as('receptionist');
});
afterAll(() => app.close());

const numbersOf = (list: string[]) => list.map((text) => Number(text.slice(-6))).toSorted((a, b) => a - b);
const upTo = (last: number) => Array.from({ length: last }, (_, i) => i + 1);
const issued = async () => {
  const rows = await app.services.db
    .select({ number: tickets.ticketNumber })
    .from(tickets)
    .orderBy(asc(tickets.id));
  return rows.map(({ number }) => number);
};

test('forty bookings at the same time get forty numbers without a gap', async () => {
  const parties = await Promise.all(upTo(40).map(async () => [await app.patient(), await app.therapist()]));
  const answers = await Promise.all(
    parties.map(([patient_id, therapist_id]) =>
      book(desk, { patient_id, therapist_id, date_time: at(3, '10:00') }),
    ),
  );
  expect(answers.map(({ status }) => status)).toEqual(Array<number>(40).fill(201));
  const today = Temporal.Now.plainDateISO(ZONE).toString().replaceAll('-', '');
  const given = answers.map(({ json }) => String(json.ticket.ticket_number));
  for (const number of given) expect(number).toStartWith(`TKT-${today}-`);
  expect(numbersOf(given)).toEqual(upTo(40));
  expect(new Set(given).size).toBe(40);
});

test('those that fail leave no gap', async () => {
  const [shared, patient] = [await app.therapist(), await app.patient()];
  const answers = await Promise.all(
    upTo(45).map(async (n) =>
      // Every third wants what is taken: one of them gets it, the others are refused.
      n % 3 === 0
        ? book(desk, { patient_id: patient, therapist_id: shared, date_time: at(4, '10:00') })
        : book(desk, {
            patient_id: await app.patient(),
            therapist_id: await app.therapist(),
            date_time: at(4, '10:00'),
          }),
    ),
  );
  const made = answers.filter(({ status }) => status === 201);
  expect(made).toHaveLength(31);
  expect(answers.filter(({ status }) => status === 400)).toHaveLength(14);
  expect(numbersOf(await issued())).toEqual(upTo(40 + 31));
});

test('a number that was taken in a transaction that failed is given again', async () => {
  const appointmentId = await existing(app, {
    patientId: await app.patient(),
    therapistId: await app.therapist(),
    starts: at(5, '10:00'),
    ticket: { ticketNumber: 'TKT-19990101-000001' },
  });
  const before = await issued();
  // The appointment has a ticket: the second breaks the unique index after its number was taken.
  const failed = transaction(app.ctx(), (tx) => issueTicket(tx, appointmentId, '1.00'));
  expect(await failed.catch(() => 'failed')).toBe('failed');
  const { json } = await book(desk, {
    patient_id: await app.patient(),
    therapist_id: await app.therapist(),
    date_time: at(5, '10:00'),
  });
  expect(Number(json.ticket.ticket_number.slice(-6))).toBe(before.length);
});

test('each day of the clinic begins with 1', async () => {
  const numbers = [];
  for (const time of ['2031-05-02T04:59:59Z', '2031-05-02T05:00:00Z', '2031-05-02T20:00:00Z']) {
    const parties = { patientId: await app.patient(), therapistId: await app.therapist() };
    const dateTime = Temporal.Instant.from(time);
    const [row] = await app.services.db
      .insert(appointments)
      .values({ ...parties, dateTime, endsAt: dateTime, duration: 60, price: '1.00' })
      .$returningId();
    await transaction({ ...app.ctx(), now: dateTime }, (tx) => issueTicket(tx, row?.id ?? 0, '1.00'));
    numbers.push((await issued()).at(-1));
  }
  expect(numbers).toEqual(['TKT-20310501-000001', 'TKT-20310502-000001', 'TKT-20310502-000002']);
});
