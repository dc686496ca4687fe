import { bulkInsert } from '../../src/db/bulk-insert.ts';
import { type Status } from '../../src/modules/appointments/status.ts';
import { appointments } from '../../src/modules/appointments/tables.ts';
import { PAYMENT_METHODS, payments, tickets } from '../../src/modules/billing/tables.ts';
import type { TestApp } from '../harness.ts';
import { unique } from '../harness.ts';

/** What a test knows of an appointment by itself; `cents` moved at each instant, less than nothing for a refund. */
export type Visit = {
  patientId: number;
  therapistId: number;
  at: Temporal.Instant;
  duration: number;
  status: Status;
  money: { at: Temporal.Instant; cents: number; method: (typeof PAYMENT_METHODS)[number] }[];
};

/** The same numbers in every run (mulberry32). */
export function randomOf(seed: number) {
  let state = seed;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (n: number) => Math.floor(next() * n);
  return { next, below, pick: <T>(items: readonly T[]): T => items[below(items.length)] as T };
}

/**
 * Invents visits at any minute of the days, with payments before, on and after their days and some refunds, none of the
 * money after `now`; those to come are open.
 */
export function inventVisits(
  people: { patients: number[]; therapists: number[] },
  { from, to, count, seed }: { from: Temporal.Instant; to: Temporal.Instant; count: number; seed: number },
): Visit[] {
  const random = randomOf(seed);
  const now = Temporal.Now.instant();
  const minutes = Math.floor((to.epochMilliseconds - from.epochMilliseconds) / 60_000);
  return Array.from({ length: count }, () => {
    const at = from.add({ minutes: random.below(minutes) });
    const isOver = Temporal.Instant.compare(at, now.subtract({ hours: 3 })) < 0;
    const status = isOver
      ? random.pick<Status>(['completed', 'completed', 'completed', 'cancelled', 'no_show', 'pending'])
      : random.pick<Status>(['pending', 'confirmed', 'cancelled']);
    const method = random.pick(PAYMENT_METHODS);
    const cents = 1 + random.below(20_000);
    const paidAt = at.add({ minutes: random.below(5 * 1_440) - 2 * 1_440 });
    const refundedAt = paidAt.add({ minutes: random.below(3 * 1_440) });
    const money = [
      ...(random.next() < 0.8 ? [{ at: paidAt, cents, method }] : []),
      ...(random.next() < 0.2 ? [{ at: refundedAt, cents: -cents, method }] : []),
    ].filter(
      (one, i, all) => Temporal.Instant.compare(one.at, now) < 0 && (i === 0 || (all[0]?.cents ?? 0) > 0),
    );
    return {
      patientId: random.pick(people.patients),
      therapistId: random.pick(people.therapists),
      at,
      duration: random.pick([30, 45, 60, 90]),
      status,
      money: money[0] && money[0].cents < 0 ? [] : money,
    };
  });
}

/** Puts visits with their tickets and ledger into the database, past all rules. */
export async function insertVisits(
  { services: { db } }: TestApp,
  visits: readonly Visit[],
): Promise<number[]> {
  const ids = await bulkInsert(
    db,
    appointments,
    visits.map(({ patientId, therapistId, at, duration, status }) => ({
      patientId,
      therapistId,
      dateTime: at,
      duration,
      endsAt: at.add({ minutes: duration }),
      status,
      price: '50.00',
    })),
  );
  const ticketIds = await bulkInsert(
    db,
    tickets,
    visits.map((_, i) => ({
      appointmentId: ids[i] ?? 0,
      ticketNumber: `TKT-20190101-${String(unique()).padStart(6, '0')}`,
      amount: '50.00',
    })),
  );
  await bulkInsert(
    db,
    payments,
    visits.flatMap(({ money }, i) =>
      money.map(({ at, cents, method }) => ({
        ticketId: ticketIds[i] ?? 0,
        kind: cents < 0 ? ('refund' as const) : ('payment' as const),
        amount: (Math.abs(cents) / 100).toFixed(2),
        paymentMethod: method,
        paidAt: at,
        createdAt: at,
      })),
    ),
  );
  return ids;
}
