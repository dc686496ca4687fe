import { bulkInsert } from '../../src/db/bulk-insert.ts';
import { randomOf } from '../../src/demo/random.ts';
import { type Status, STATUSES } from '../../src/modules/appointments/status.ts';
import { appointments } from '../../src/modules/appointments/tables.ts';
import {
  PAYMENT_METHODS,
  payments,
  type TICKET_STATUSES,
  tickets,
} from '../../src/modules/billing/tables.ts';
import { patients } from '../../src/modules/patients/tables.ts';
import { therapists } from '../../src/modules/therapists/tables.ts';
import { type TestApp, unique } from '../harness.ts';

export const ZONE = 'America/Lima';
/** The days that the random clinic is about. */
export const DAYS = ['2026-02-27', '2026-02-28', '2026-03-01', '2026-03-02'] as const;

/** Names that files find hard. */
export const NAMES = [
  ['Łukasz', 'Ñandú', 'Őrsi'],
  ['=HYPERLINK("http://mal.pe";"clic")', 'Peña', null],
  ['María José de los Ángeles', 'Quispe Huamán', 'Rodríguez de la Cruz y Santa María'],
  ['@suma', '+cmd', '-1'],
  ['Ana, "la Güera"', 'Núñez', 'López'],
  ['Иван', 'Παπαδοπούλου', null],
] as const;

/** Every second of these days is as likely as any, and the seconds around midnight more so. */
function moment(random: ReturnType<typeof randomOf>): Temporal.Instant {
  const first = Temporal.PlainDate.from(DAYS[0]).toZonedDateTime(ZONE).toInstant();
  const day = random.below(DAYS.length) * 86_400_000;
  const around = random.chance(0.3) ? random.below(4_000) - 2_000 : random.below(86_400_000);
  return first.add({ milliseconds: day + around });
}

/** A clinic with appointments, tickets, payments and refunds at random moments; the same for the same seed. */
export async function randomClinic(app: TestApp, seed: number, count: number): Promise<void> {
  const random = randomOf(seed);
  const { db } = app.services;
  const patientIds: number[] = [];
  for (const [firstName, paternalLastName, maternalLastName] of NAMES)
    patientIds.push(await app.patient({ firstName, paternalLastName, maternalLastName }));
  const therapistIds = [
    await app.therapist({ firstName: 'Íñigo', paternalLastName: 'Gutiérrez' }),
    await app.therapist({ firstName: 'Zoë', paternalLastName: 'Ångström' }),
    await app.therapist(),
  ];
  const visits = Array.from({ length: count }, () => {
    const dateTime = moment(random);
    const price = `${random.below(300)}.${String(random.below(100)).padStart(2, '0')}`;
    return {
      patientId: patientIds[random.below(patientIds.length)] ?? 0,
      therapistId: therapistIds[random.below(therapistIds.length)] ?? 0,
      dateTime,
      duration: 60,
      endsAt: dateTime.add({ minutes: 60 }),
      status: random.pick(STATUSES),
      room: random.chance(0.5) ? 'Sala "Ñ", 2' : null,
      price,
    };
  });
  const money = visits.map(() => {
    const [one, other] = [moment(random), moment(random)];
    const isInOrder = one.epochMilliseconds <= other.epochMilliseconds;
    const isPaid = random.chance(0.7);
    return {
      isPaid,
      isRefunded: isPaid && random.chance(0.25),
      paidAt: isInOrder ? one : other,
      refundedAt: isInOrder ? other : one,
      method: random.pick(PAYMENT_METHODS),
    };
  });
  const ids = await bulkInsert(db, appointments, visits);
  const issued = visits.map(({ price, status }, n) => {
    const { isPaid = false, isRefunded = false, paidAt = null, method = null } = money[n] ?? {};
    return {
      appointmentId: ids[n] ?? 0,
      ticketNumber: `TKT-20260101-${String(unique()).padStart(6, '0')}`,
      amount: price,
      status: ticketStatus(status, isPaid, isRefunded),
      paymentMethod: isPaid ? method : null,
      paymentDate: isPaid ? paidAt : null,
      description: random.chance(0.3) ? '\t=1+1' : null,
    };
  });
  const ticketIds = await bulkInsert(db, tickets, issued);
  const ledger = money.flatMap(({ isPaid, isRefunded, paidAt, refundedAt, method }, n) => {
    const { price: amount = '' } = visits[n] ?? {};
    const entry = { ticketId: ticketIds[n] ?? 0, amount, paymentMethod: method, createdAt: paidAt };
    return [
      ...(isPaid ? [{ ...entry, kind: 'payment' as const, paidAt }] : []),
      ...(isRefunded ? [{ ...entry, kind: 'refund' as const, paidAt: refundedAt }] : []),
    ];
  });
  await bulkInsert(db, payments, ledger);
}

function ticketStatus(visit: Status, isPaid: boolean, isRefunded: boolean): (typeof TICKET_STATUSES)[number] {
  if (isRefunded) return 'refunded';
  if (isPaid) return 'paid';
  return visit === 'cancelled' ? 'cancelled' : 'pending';
}

/** All rows as they lie in the tables, put together in JavaScript: another way than the reports'. */
export async function rawRows({ services: { db } }: TestApp) {
  const people = new Map((await db.select().from(patients)).map((row) => [row.id, row]));
  const staff = new Map((await db.select().from(therapists)).map((row) => [row.id, row]));
  const booked = new Map((await db.select().from(appointments)).map((row) => [row.id, row]));
  const issued = new Map((await db.select().from(tickets)).map((row) => [row.id, row]));
  return { people, staff, booked, issued, ledger: await db.select().from(payments) };
}

export const dayOf = (instant: Temporal.Instant): string =>
  instant.toZonedDateTimeISO(ZONE).toPlainDate().toString();
export const timeOf = (instant: Temporal.Instant): string =>
  instant.toZonedDateTimeISO(ZONE).toPlainTime().toString().slice(0, 5);

/** In whole cents, so that nothing is lost on the way. */
export const cents = (amount: string): number => Number(amount.replace('.', ''));
export const sumOf = (amounts: readonly number[]): number => amounts.reduce((sum, one) => sum + one, 0) / 100;

export const nameOf = (person: {
  firstName: string;
  paternalLastName: string;
  maternalLastName: string | null;
}): string =>
  [person.firstName, person.paternalLastName, person.maternalLastName]
    .filter((part) => part !== null)
    .join(' ');
