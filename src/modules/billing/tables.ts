import { boolean, index, int, mysqlEnum, mysqlTable, uniqueIndex, varchar } from 'drizzle-orm/mysql-core';
import { day, id, instant, money, reference, softDelete, timestamps } from '../../db/columns.ts';
import { appointments } from '../appointments/tables.ts';

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
    paymentMethod: mysqlEnum(['efectivo', 'tarjeta', 'transferencia', 'yape', 'plin', 'otro']),
    status: mysqlEnum(['pending', 'paid', 'cancelled', 'refunded']).notNull().default('pending'),
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
