import { inArray, sql } from 'drizzle-orm';
import type { Ctx } from '../context.ts';
import { payments, ticketCounters, tickets } from '../modules/billing/tables.ts';
import { ticketNumberOf } from '../modules/billing/ticket-number.ts';
import { bulkInsert } from '../db/bulk-insert.ts';
import type { Booking } from './plan.ts';
import type { Random } from './random.ts';

const METHODS = [
  'efectivo',
  'efectivo',
  'yape',
  'yape',
  'plin',
  'tarjeta',
  'tarjeta',
  'transferencia',
] as const;

/** How many of the cancelled appointments had been paid for when they were booked. */
const PREPAID = 0.15;

/** When and how a ticket was paid, and when the money was given back; epoch ms. */
type Money = { method: (typeof METHODS)[number]; paidAt: number; refundedAt: number | null };

/**
 * Gives each booking its ticket, and the ledger what was paid: a session when it was over, a cancelled one at the
 * booking, with a refund at the cancellation. `appointmentIds` are in the order of the bookings.
 */
export async function charge(
  tx: Ctx,
  random: Random,
  batch: readonly Booking[],
  appointmentIds: readonly number[],
  receivedBy: number | null,
): Promise<void> {
  const lastNumbers = await takeNumbers(tx, batch);
  const money = batch.map((booking) => moneyFor(random, booking));
  const ids = await bulkInsert(
    tx.db,
    tickets,
    batch.map(({ status, price, bookedOn: day, createdAt, updatedAt }, index) => {
      const number = (lastNumbers.get(day) ?? 0) + 1;
      lastNumbers.set(day, number);
      const paid = money[index];
      return {
        appointmentId: appointmentIds[index] ?? 0,
        ticketNumber: ticketNumberOf(day, number),
        amount: price,
        paymentMethod: paid?.method ?? null,
        status: ticketStatus(status, paid),
        paymentDate: paid ? instant(paid.paidAt) : null,
        createdAt: instant(createdAt),
        updatedAt: instant(status === 'completed' || status === 'cancelled' ? updatedAt : createdAt),
      };
    }),
  );
  await bulkInsert(
    tx.db,
    payments,
    batch.flatMap(({ price }, index) => entries(money[index], ids[index] ?? 0, price, receivedBy)),
  );
}

function moneyFor(random: Random, { status, createdAt, updatedAt }: Booking): Money | undefined {
  const method = random.pick(METHODS);
  if (status === 'completed') return { method, paidAt: updatedAt, refundedAt: null };
  if (status === 'cancelled' && random.chance(PREPAID))
    return { method, paidAt: createdAt, refundedAt: updatedAt };
  return undefined;
}

function ticketStatus(status: Booking['status'], paid: Money | undefined) {
  if (paid) return paid.refundedAt === null ? 'paid' : 'refunded';
  return status === 'cancelled' ? 'cancelled' : 'pending';
}

/** The ledger's rows of a ticket. */
function entries(
  paid: Money | undefined,
  ticketId: number,
  amount: string,
  receivedBy: number | null,
): (typeof payments.$inferInsert)[] {
  if (!paid) return [];
  const entry = (kind: 'payment' | 'refund', epochMs: number, description: string | null) => {
    const at = instant(epochMs);
    return {
      ticketId,
      kind,
      amount,
      paymentMethod: paid.method,
      paidAt: at,
      receivedBy,
      description,
      createdAt: at,
    };
  };
  const payment = entry('payment', paid.paidAt, null);
  if (paid.refundedAt === null) return [payment];
  return [payment, entry('refund', paid.refundedAt, 'Cita cancelada')];
}

/**
 * Takes as many ticket numbers as each day of booking needs and returns the last one given before. The counters
 * stay locked until the commit, as in `billing/issue-ticket.ts`, so the series have no gaps.
 */
async function takeNumbers(tx: Ctx, batch: readonly Booking[]): Promise<Map<string, number>> {
  const wanted = new Map<string, number>();
  for (const { bookedOn: day } of batch) wanted.set(day, (wanted.get(day) ?? 0) + 1);
  await tx.db
    .insert(ticketCounters)
    .values([...wanted].map(([day, last]) => ({ day, last })))
    .onDuplicateKeyUpdate({ set: { last: sql`${ticketCounters.last} + values(${ticketCounters.last})` } });
  const counters = await tx.db
    .select()
    .from(ticketCounters)
    .where(inArray(ticketCounters.day, [...wanted.keys()]));
  return new Map(counters.map(({ day, last }) => [day, last - (wanted.get(day) ?? 0)]));
}

const instant = (epochMs: number) => Temporal.Instant.fromEpochMilliseconds(epochMs);
