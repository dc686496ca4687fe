import type { Ctx } from '../../context.ts';
import { RuleViolation } from '../../errors.ts';
import { enterInLedger } from './ledger.ts';
import { updateTicket } from './tickets.ts';

/**
 * Gives the money for a paid ticket back, all of it and the way it came. The ticket keeps when and how it was paid.
 * @throws RuleViolation `ticket_not_payable` for a ticket that is not paid, AppError NOT_FOUND or PRECONDITION_FAILED
 */
export const refundTicket = (ctx: Ctx, id: number, reason: string) =>
  updateTicket(ctx, id, async (tx, { status, amount, paymentMethod }) => {
    if (status !== 'paid' || !paymentMethod) throw new RuleViolation([NOT_PAID]);
    await enterInLedger(tx, { ticketId: id, kind: 'refund', amount, paymentMethod, description: reason });
    return { status: 'refunded' };
  });

const NOT_PAID = {
  rule: 'ticket_not_payable',
  message: {
    es: 'Solo se devuelve el dinero de un ticket pagado.',
    en: 'Only the money of a paid ticket can be given back.',
  },
};
