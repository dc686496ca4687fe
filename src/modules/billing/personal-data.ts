import { eq, getTableColumns, inArray } from 'drizzle-orm';
import type { Ctx } from '../../context.ts';
import { appointments } from '../appointments/tables.ts';
import type { PersonalData, Subject } from '../patients/personal-data.ts';
import { portable } from '../patients/portable.ts';
import { payments, tickets } from './tables.ts';

const ticketsOf = (tx: Ctx, { patientId }: Subject) =>
  tx.db
    .select(getTableColumns(tickets))
    .from(tickets)
    .innerJoin(appointments, eq(appointments.id, tickets.appointmentId))
    .where(eq(appointments.patientId, patientId));

const paymentsOf = async (tx: Ctx, ticketIds: number[]) =>
  ticketIds.length === 0 ? [] : tx.db.select().from(payments).where(inArray(payments.ticketId, ticketIds));

/** What a patient owed and paid. Numbers, amounts, methods and days are the books and stay; remarks go. */
export const billingData: PersonalData = {
  read: async (tx, subject) => {
    const owed = await ticketsOf(tx, subject);
    const paid = await paymentsOf(
      tx,
      owed.map(({ id }) => id),
    );
    return { tickets: portable(tx, owed), payments: portable(tx, paid) };
  },
  erase: async (tx, subject) => {
    const ticketIds = (await ticketsOf(tx, subject)).map(({ id }) => id);
    if (ticketIds.length === 0) return {};
    const paymentIds = (await paymentsOf(tx, ticketIds)).map(({ id }) => id);
    await tx.db.update(tickets).set({ description: null }).where(inArray(tickets.id, ticketIds));
    await tx.db.update(payments).set({ description: null }).where(inArray(payments.ticketId, ticketIds));
    return {
      audited: [
        { entity: 'ticket', ids: ticketIds },
        { entity: 'payment', ids: paymentIds },
      ],
    };
  },
};
