import { sql } from 'drizzle-orm';
import type { Ctx } from '../../context.ts';
import { insertStatement, statement } from '../../db/statement.ts';
import { localDay } from '../../time.ts';
import { ticketCounters, tickets } from './tables.ts';

const nextNumber = statement((db) =>
  db
    .insert(ticketCounters)
    .values({ day: sql`${sql.placeholder('day')}`, last: sql`last_insert_id(1)` })
    .onDuplicateKeyUpdate({ set: { last: sql`last_insert_id(${ticketCounters.last} + 1)` } }),
);

const insertTicket = insertStatement(tickets, [
  'appointmentId',
  'ticketNumber',
  'amount',
  'createdAt',
  'updatedAt',
]);

/**
 * Issues the ticket of an appointment under the next number of today and returns it, in the caller's transaction: the counter's row
 * stays locked until the commit and falls back with a rollback, so the day's series has no gaps. To be called last,
 * as everyone who books waits for that row.
 */
export async function issueTicket(tx: Ctx, appointmentId: number, amount: string) {
  const day = localDay(tx.now, tx.services.config.timeZone);
  const [{ insertId }] = await nextNumber(tx.db, { day });
  const ticketNumber = `TKT-${day.replaceAll('-', '')}-${String(insertId).padStart(6, '0')}`;
  const id = await insertTicket(tx.db, {
    appointmentId,
    ticketNumber,
    amount,
    createdAt: tx.now,
    updatedAt: tx.now,
  });
  return { id, ticketNumber, status: 'pending' as const, amount };
}
