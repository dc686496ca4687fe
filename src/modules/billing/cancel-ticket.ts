import { and, eq } from 'drizzle-orm';
import type { Ctx } from '../../context.ts';
import { tickets } from './tables.ts';

/** Cancels the ticket of an appointment unless it was paid: money that was taken is given back by a refund. */
export async function cancelTicket(tx: Ctx, appointmentId: number): Promise<void> {
  await tx.db
    .update(tickets)
    .set({ status: 'cancelled', updatedAt: tx.now })
    .where(and(eq(tickets.appointmentId, appointmentId), eq(tickets.status, 'pending')));
}
