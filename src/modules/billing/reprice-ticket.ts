import { and, eq, sql } from 'drizzle-orm';
import type { Ctx } from '../../context.ts';
import { audit } from '../../db/audit.ts';
import { statement } from '../../db/statement.ts';
import { appointments } from '../appointments/tables.ts';
import { priceOfType } from './price.ts';
import { tickets } from './tables.ts';

const pendingTicket = statement((db) =>
  db
    .select({
      id: tickets.id,
      amount: tickets.amount,
      booked: appointments.price,
      price: priceOfType(db),
    })
    .from(tickets)
    .innerJoin(appointments, eq(appointments.id, tickets.appointmentId))
    .where(and(eq(tickets.appointmentId, sql.placeholder('appointmentId')), eq(tickets.status, 'pending')))
    .for('update'),
);

/**
 * Gives an appointment, which the caller has locked, and its pending ticket the price of its new type. A price that
 * stays the same leaves an amount that the desk has corrected; a ticket that is settled keeps its amount.
 */
export async function repriceTicket(
  tx: Ctx,
  appointmentId: number,
  appointmentType: string | null,
): Promise<void> {
  const [ticket] = await pendingTicket(tx.db, { appointmentId, appointmentType });
  if (!ticket || ticket.price === ticket.booked) return;
  const { id, amount, price } = ticket;
  await tx.db.update(appointments).set({ price }).where(eq(appointments.id, appointmentId));
  await tx.db.update(tickets).set({ amount: price, updatedAt: tx.now }).where(eq(tickets.id, id));
  await audit(tx, {
    action: 'update',
    entity: 'ticket',
    entityId: id,
    before: { amount },
    after: { amount: price },
  });
}
