import { sql } from 'drizzle-orm';
import type { Ctx } from '../../context.ts';
import { toUtcText } from '../../db/columns.ts';
import { statement } from '../../db/statement.ts';
import { localDay } from '../../time.ts';
import { ticketCounters, tickets } from './tables.ts';
import { NUMBER_DIGITS, seriesOf, ticketNumberOf } from './ticket-number.ts';

const nextNumber = statement((db) =>
  db
    .insert(ticketCounters)
    .values({ day: sql`${sql.placeholder('day')}`, last: sql`last_insert_id(1)` })
    .onDuplicateKeyUpdate({ set: { last: sql`last_insert_id(${ticketCounters.last} + 1)` } }),
);

/** `last_insert_id()` is the number that {@link nextNumber} took just before. */
const insertTicket = statement((db) =>
  db.insert(tickets).values({
    appointmentId: sql`${sql.placeholder('appointmentId')}`,
    ticketNumber: sql`concat(${sql.placeholder('series')}, lpad(last_insert_id(), ${sql.raw(String(NUMBER_DIGITS))}, '0'))`,
    amount: sql`${sql.placeholder('amount')}`,
    createdAt: sql`${sql.placeholder('now')}`,
    updatedAt: sql`${sql.placeholder('now')}`,
  }),
);

/**
 * Issues the ticket of an appointment under the next number of today and returns it, in the caller's transaction: the
 * counter's row stays locked until the commit and falls back with a rollback, so the day's series has no gaps. To be
 * called last, as everyone who books waits for that row.
 */
export async function issueTicket(tx: Ctx, appointmentId: number, amount: string) {
  const day = localDay(tx.now, tx.services.config.timeZone);
  const [[{ insertId: number }], [{ insertId: id }]] = await Promise.all([
    nextNumber(tx.db, { day }),
    insertTicket(tx.db, { appointmentId, series: seriesOf(day), amount, now: toUtcText(tx.now) }),
  ]);
  return { id, ticketNumber: ticketNumberOf(day, number), status: 'pending' as const, amount };
}
