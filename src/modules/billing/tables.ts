import { sql } from 'drizzle-orm';
import {
  boolean,
  check,
  index,
  int,
  mysqlEnum,
  mysqlTable,
  uniqueIndex,
  varchar,
} from 'drizzle-orm/mysql-core';
import { day, id, instant, money, reference, softDelete, timestamps } from '../../db/columns.ts';
import { appointments } from '../appointments/tables.ts';
import { users } from '../users/tables.ts';

/** How a ticket can be paid, and what can become of it (contract, "Appointments"). */
export const PAYMENT_METHODS = ['efectivo', 'tarjeta', 'transferencia', 'yape', 'plin', 'otro'] as const;
export const TICKET_STATUSES = ['pending', 'paid', 'cancelled', 'refunded'] as const;

/** What can happen to money (`payments`). */
export const PAYMENT_KINDS = ['payment', 'refund'] as const;

/** What a patient owes for an appointment and, in short, how it was paid; `payments` has every movement. */
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
    index('tickets_status').on(t.status, t.ticketNumber),
    index('tickets_method').on(t.paymentMethod, t.ticketNumber),
    index('tickets_payment').on(t.paymentDate),
  ],
);

/**
 * The ledger: money taken and given back, each on the day it happened. Rows are added and never changed, and cash is
 * the sum of payments less the sum of refunds. The unique index lets a ticket be paid once and refunded once.
 */
export const payments = mysqlTable(
  'payments',
  {
    id: id(),
    ticketId: reference()
      .notNull()
      .references(() => tickets.id),
    kind: mysqlEnum(PAYMENT_KINDS).notNull(),
    /** Not negative: `kind` says the direction. */
    amount: money().notNull(),
    paymentMethod: mysqlEnum(PAYMENT_METHODS).notNull(),
    paidAt: instant().notNull(),
    /** Who was at the desk; null for demo data. */
    receivedBy: reference().references(() => users.id),
    /** What was noted at the payment, or why the money was given back. */
    description: varchar({ length: 255 }),
    createdAt: instant().notNull(),
  },
  (t) => [
    uniqueIndex('uq_payments__ticket_id').on(t.ticketId, t.kind),
    // Sums by day and method are read off the index alone, and so is which tickets were paid.
    index('payments_paid_at').on(t.paidAt, t.kind, t.paymentMethod, t.amount, t.ticketId),
    check('payments_amount', sql`${t.amount} >= 0`),
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

/** The identity documents that can be chosen; a person's `document_type` is the entry's name. */
export const documentTypes = mysqlTable(
  'document_types',
  {
    id: id(),
    name: varchar({ length: 20 }).notNull(),
    description: varchar({ length: 255 }),
    isActive: boolean().notNull().default(true),
    ...timestamps,
    ...softDelete,
  },
  (t) => [uniqueIndex('uq_document_types__name').on(t.name)],
);

/** The ways to pay that can be chosen, each recorded as one of {@link PAYMENT_METHODS}. */
export const paymentTypes = mysqlTable(
  'payment_types',
  {
    id: id(),
    name: varchar({ length: 60 }).notNull(),
    code: mysqlEnum(PAYMENT_METHODS).notNull(),
    description: varchar({ length: 255 }),
    isActive: boolean().notNull().default(true),
    ...timestamps,
    ...softDelete,
  },
  (t) => [uniqueIndex('uq_payment_types__name').on(t.name)],
);
