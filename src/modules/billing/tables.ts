import { boolean, index, int, mysqlEnum, mysqlTable, uniqueIndex, varchar } from 'drizzle-orm/mysql-core';
import { day, id, instant, money, reference, softDelete, timestamps } from '../../db/columns.ts';
import { appointments } from '../appointments/tables.ts';

/** How a ticket can be paid, and what can become of it (contract, "Appointments"). */
export const PAYMENT_METHODS = ['efectivo', 'tarjeta', 'transferencia', 'yape', 'plin', 'otro'] as const;
export const TICKET_STATUSES = ['pending', 'paid', 'cancelled', 'refunded'] as const;

/** What a patient owes for an appointment and how it was paid. */
export const tickets = mysqlTable(
  'tickets',
  {
    id: id(),
    appointmentId: reference()
      .notNull()
      .references(() => appointments.id),
    /** TKT-YYYYMMDD-NNNNNN, gap-free within a day of the clinic's calendar. */
    ticketNumber: varchar({ length: 19 }).notNull(),
    amount: money().notNull(),
    paymentMethod: mysqlEnum(PAYMENT_METHODS),
    status: mysqlEnum(TICKET_STATUSES).notNull().default('pending'),
    paymentDate: instant(),
    description: varchar({ length: 255 }),
    ...timestamps,
  },
  (t) => [
    uniqueIndex('uq_tickets__appointment_id').on(t.appointmentId),
    uniqueIndex('uq_tickets__ticket_number').on(t.ticketNumber),
    index('tickets_status').on(t.status, t.paymentDate),
    index('tickets_payment').on(t.paymentDate),
  ],
);

/** The last ticket number given on a day: its row lock makes the series gap-free. */
export const ticketCounters = mysqlTable('ticket_counters', {
  day: day().primaryKey(),
  last: int({ unsigned: true }).notNull(),
});

/** The price list; a booking's price is the entry named like its appointment type, else the default entry. */
export const predeterminedPrices = mysqlTable(
  'predetermined_prices',
  {
    id: id(),
    name: varchar({ length: 60 }).notNull(),
    price: money().notNull(),
    isDefault: boolean().notNull().default(false),
    ...timestamps,
    ...softDelete,
  },
  (t) => [uniqueIndex('uq_predetermined_prices__name').on(t.name)],
);
