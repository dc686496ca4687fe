import { eq } from 'drizzle-orm';
import type { Ctx } from '../../context.ts';
import { audit } from '../../db/audit.ts';
import { figuresChanged } from '../reports/statistics/changed.ts';
import { type PAYMENT_KINDS, type PAYMENT_METHODS, payments, tickets } from './tables.ts';

type Entry = {
  ticketId: number;
  kind: (typeof PAYMENT_KINDS)[number];
  amount: string;
  paymentMethod: (typeof PAYMENT_METHODS)[number];
  description: string | null;
};

/** Adds to the ledger what was taken or given back now, in the caller's transaction. @throws FieldConflict the second time */
export async function enterInLedger(tx: Ctx, entry: Entry): Promise<void> {
  const receivedBy = tx.actor.kind === 'user' ? tx.actor.userId : null;
  const [{ insertId }] = await tx.db
    .insert(payments)
    .values({ ...entry, receivedBy, paidAt: tx.now, createdAt: tx.now });
  await audit(tx, { action: 'create', entity: 'payment', entityId: insertId, after: entry });
  await figuresChanged(tx, [tx.now]);
}

/** When money moved for an appointment. */
export async function paymentTimes(tx: Ctx, appointmentId: number): Promise<Temporal.Instant[]> {
  const rows = await tx.db
    .select({ paidAt: payments.paidAt })
    .from(payments)
    .innerJoin(tickets, eq(tickets.id, payments.ticketId))
    .where(eq(tickets.appointmentId, appointmentId));
  return rows.map(({ paidAt }) => paidAt);
}
