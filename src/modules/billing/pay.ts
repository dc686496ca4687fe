import { eq } from 'drizzle-orm';
import type * as v from 'valibot';
import type { Ctx } from '../../context.ts';
import { RuleViolation, type Violation } from '../../errors.ts';
import { appointments } from '../appointments/tables.ts';
import { enterInLedger } from './ledger.ts';
import type { tickets } from './tables.ts';
import { updateTicket } from './tickets.ts';
import type { Payment } from './tickets-schemas.ts';

/**
 * Takes the money for a ticket, all of it. Whoever is second waits for the first at the ticket's row and is refused.
 * @throws RuleViolation `ticket_not_payable` for one that is not pending or whose appointment is cancelled,
 * `amount_mismatch`; AppError NOT_FOUND or PRECONDITION_FAILED
 */
export const payTicket = (ctx: Ctx, id: number, input: v.InferOutput<typeof Payment>) =>
  updateTicket(ctx, id, async (tx, ticket) => {
    const [first, ...others] = await brokenRules(tx, ticket, input.amount);
    if (first) throw new RuleViolation([first, ...others]);
    const { payment_method: paymentMethod, description } = input;
    await enterInLedger(tx, {
      ticketId: id,
      kind: 'payment',
      amount: ticket.amount,
      paymentMethod,
      description: description ?? null,
    });
    return {
      status: 'paid',
      paymentMethod,
      paymentDate: tx.now,
      description: description ?? ticket.description,
    };
  });

async function brokenRules(
  tx: Ctx,
  ticket: typeof tickets.$inferSelect,
  amount: string | undefined,
): Promise<Violation[]> {
  const [appointment] = await tx.db
    .select({ status: appointments.status })
    .from(appointments)
    .where(eq(appointments.id, ticket.appointmentId));
  const broken: Violation[] = [];
  if (ticket.status !== 'pending' || appointment?.status === 'cancelled') broken.push(NOT_PAYABLE);
  if (amount !== undefined && amount !== ticket.amount) broken.push(mismatch(ticket.amount));
  return broken;
}

const NOT_PAYABLE: Violation = {
  rule: 'ticket_not_payable',
  message: {
    es: 'Solo se cobra un ticket pendiente de una cita que no está cancelada.',
    en: 'Only a pending ticket of an appointment that is not cancelled can be paid.',
  },
};

const mismatch = (amount: string): Violation => ({
  rule: 'amount_mismatch',
  message: {
    es: `El monto no es el del ticket: ${amount}.`,
    en: `The amount is not the ticket's: ${amount}.`,
  },
});
