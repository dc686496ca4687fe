import { and, eq } from 'drizzle-orm';
import type { Ctx } from '../../context.ts';
import { tickets } from './tables.ts';

/**
 * Cancels the ticket of an appointment unless it was paid: that one stays paid until an administrator refunds it, as
 * the clinic may keep the money for a session that is cancelled too late.
 */
export async function cancelTicket(tx: Ctx, appointmentId: number): Promise<void> {
  await tx.db
    .update(tickets)
    .set({ status: 'cancelled', updatedAt: tx.now })
    .where(and(eq(tickets.appointmentId, appointmentId), eq(tickets.status, 'pending')));
}
