import { index, mysqlEnum, mysqlTable, uniqueIndex } from 'drizzle-orm/mysql-core';
import { id, instant, reference } from '../../db/columns.ts';
import { appointments } from '../appointments/tables.ts';

/** How long before an appointment its patient is reminded (contract, "Appointments"). */
export const REMINDER_KINDS = ['24h', '1h'] as const;

/** Reminders that were decided: each kind once for each time that an appointment has, so a moved one gets them anew. */
export const reminders = mysqlTable(
  'appointment_reminders',
  {
    id: id(),
    appointmentId: reference()
      .notNull()
      .references(() => appointments.id),
    kind: mysqlEnum(REMINDER_KINDS).notNull(),
    /** When the appointment began as the reminder was decided; at another time it is not sent any more. */
    startsAt: instant().notNull(),
    createdAt: instant().notNull(),
  },
  (t) => [
    uniqueIndex('uq_appointment_reminders__kind').on(t.appointmentId, t.kind, t.startsAt),
    index('appointment_reminders_start').on(t.startsAt),
  ],
);
