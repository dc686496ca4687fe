import { sql } from 'drizzle-orm';
import type { Ctx } from '../../context.ts';
import { localDay } from '../../time.ts';
import { ticketCounters, tickets } from './tables.ts';

/**
 * Issues the ticket of an appointment under the next number of today, in the caller's transaction: the counter's row
 * stays locked until the commit and falls back with a rollback, so the day's series has no gaps. To be called last,
 * as everyone who books waits for that row.
 */
export async function issueTicket(tx: Ctx, appointmentId: number, amount: string): Promise<void> {
  const day = localDay(tx.now, tx.services.config.timeZone);
  const [counter] = await tx.db
    .insert(ticketCounters)
    .values({ day, last: sql`last_insert_id(1)` })
    .onDuplicateKeyUpdate({ set: { last: sql`last_insert_id(${ticketCounters.last} + 1)` } });
  const number = String(counter.insertId).padStart(6, '0');
  await tx.db.insert(tickets).values({
    appointmentId,
    ticketNumber: `TKT-${day.replaceAll('-', '')}-${number}`,
    amount,
    createdAt: tx.now,
    updatedAt: tx.now,
  });
}
