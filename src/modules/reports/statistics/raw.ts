import { and, eq, inArray, type SQL, sql } from 'drizzle-orm';
import type { Database } from '../../../db/client.ts';
import { appointments } from '../../appointments/tables.ts';
import { occupying, STATUSES } from '../../appointments/status.ts';
import { PAYMENT_METHODS, payments, tickets } from '../../billing/tables.ts';
import { dayOf, type Days, within } from './days.ts';
import { addRow, noSums, type Sums } from './sums.ts';
import type { Amount, Count } from './tables.ts';

/** The figures of one therapist on one day. */
export type DayFigures = { day: string; therapistId: number; sums: Sums };

const counted = (condition: SQL) => sql<number>`count(case when ${condition} then 1 end)`.mapWith(Number);
const summed = (value: SQL) => sql<string>`coalesce(sum(${value}), 0.00)`;

const byKey = <Key extends string, Value>(entries: [Key, Value][]) =>
  Object.fromEntries(entries) as Record<Key, Value>;

const ofAppointments = {
  ...byKey(STATUSES.map((status) => [status, counted(eq(appointments.status, status))])),
  bookedMinutes:
    sql<number>`coalesce(sum(case when ${occupying(appointments.status)} then ${appointments.duration} end), 0)`.mapWith(
      Number,
    ),
};

const isPayment = eq(payments.kind, 'payment');
const signed = sql`case when ${isPayment} then ${payments.amount} else -${payments.amount} end`;
const isBy = (method: (typeof PAYMENT_METHODS)[number]) => eq(payments.paymentMethod, method);

const ofMoney = {
  ...byKey(
    PAYMENT_METHODS.map((method): [Count, SQL<number>] => [
      `payments_${method}`,
      counted(sql`${isPayment} and ${isBy(method)}`),
    ]),
  ),
  refunds: counted(eq(payments.kind, 'refund')),
  ...byKey(
    PAYMENT_METHODS.map((method): [Amount, SQL<string>] => [
      `net_${method}`,
      summed(sql`case when ${isBy(method)} then ${signed} else 0.00 end`),
    ]),
  ),
  refunded: summed(sql`case when ${isPayment} then 0.00 else ${payments.amount} end`),
};

/**
 * The figures of some days, summed by the database from the appointments and the ledger themselves: an appointment
 * counts on its day, money on the day it moved and for the therapist of its appointment.
 */
export async function rawFigures(
  db: Database,
  runs: readonly Days[],
  timeZone: string,
  therapistIds?: readonly number[],
): Promise<DayFigures[]> {
  const [first, last] = [runs[0], runs.at(-1)];
  if (!first || !last) return [];
  const whole = { from: first.from, to: last.to };
  const ofThem = therapistIds ? inArray(appointments.therapistId, [0, ...therapistIds]) : undefined;
  const therapistId = appointments.therapistId;

  const dateDay = dayOf(appointments.dateTime, whole, timeZone).as('day');
  const booked = await db
    .select({ day: dateDay, therapistId, ...ofAppointments })
    .from(appointments)
    .where(and(within(appointments.dateTime, runs, timeZone), ofThem))
    .groupBy(sql`day`, therapistId);
  const paidDay = dayOf(payments.paidAt, whole, timeZone).as('day');
  const moved = await db
    .select({ day: paidDay, therapistId, ...ofMoney })
    .from(payments)
    .innerJoin(tickets, eq(tickets.id, payments.ticketId))
    .innerJoin(appointments, eq(appointments.id, tickets.appointmentId))
    .where(and(within(payments.paidAt, runs, timeZone), ofThem))
    .groupBy(sql`day`, therapistId);

  const figures = new Map<string, DayFigures>();
  for (const row of [...booked, ...moved]) {
    const { day, therapistId: id } = row;
    const key = `${day} ${id}`;
    const known = figures.get(key) ?? { day, therapistId: id, sums: noSums() };
    figures.set(key, known);
    addRow(known.sums, row);
  }
  return [...figures.values()];
}
