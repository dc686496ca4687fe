import {
  boolean,
  index,
  mysqlEnum,
  mysqlTable,
  smallint,
  text,
  uniqueIndex,
  varchar,
} from 'drizzle-orm/mysql-core';
import { id, instant, money, reference, softDelete, timestamps } from '../../db/columns.ts';
import { patients } from '../patients/tables.ts';
import { therapists } from '../therapists/tables.ts';
import { users } from '../users/tables.ts';
import { STATUSES, type Status } from './status.ts';

/** Booked sessions. `endsAt` is stored so that overlaps are found by range. */
export const appointments = mysqlTable(
  'appointments',
  {
    id: id(),
    patientId: reference()
      .notNull()
      .references(() => patients.id),
    therapistId: reference()
      .notNull()
      .references(() => therapists.id),
    dateTime: instant().notNull(),
    /** Minutes. */
    duration: smallint({ unsigned: true }).notNull(),
    endsAt: instant().notNull(),
    status: mysqlEnum(STATUSES).notNull().default('pending'),
    appointmentType: varchar({ length: 60 }),
    room: varchar({ length: 50 }),
    reason: varchar({ length: 500 }),
    notes: text(),
    price: money().notNull(),
    cancellationReason: varchar({ length: 500 }),
    /** Counts changes of the time, the room or the state: SEQUENCE of the iCalendar event (RFC 5545, 3.8.7.4). */
    sequence: smallint({ unsigned: true }).notNull().default(0),
    createdBy: reference().references(() => users.id),
    ...timestamps,
  },
  (t) => [
    // In the order of an agenda; what is taken is read off the index alone.
    index('appointments_therapist_times').on(t.therapistId, t.dateTime, t.id, t.endsAt, t.status),
    index('appointments_patient').on(t.patientId, t.dateTime),
    index('appointments_room').on(t.room, t.dateTime),
    index('appointments_status').on(t.status, t.dateTime),
    // In the order of lists; counts and statistics of a day or a month are read off the index alone.
    index('appointments_date_time').on(t.dateTime, t.id, t.status, t.therapistId, t.patientId, t.duration),
    index('appointments_created').on(t.createdAt),
  ],
);

/** How each state is shown; the states and transitions themselves are in `status.ts`. */
export const appointmentStatuses = mysqlTable(
  'appointment_statuses',
  {
    id: id(),
    name: varchar({ length: 30 }).$type<Status>().notNull(),
    label: varchar({ length: 60 }).notNull(),
    description: varchar({ length: 255 }),
    /** `#rrggbb`. */
    color: varchar({ length: 7 }).notNull(),
    isActive: boolean().notNull().default(true),
    ...timestamps,
    ...softDelete,
  },
  (t) => [uniqueIndex('uq_appointment_statuses__name').on(t.name)],
);

/**
 * Rooms, by name: the row that bookings of one room lock, and the catalogue. A booking may name a room that is not
 * here yet, and it is then.
 */
export const rooms = mysqlTable(
  'rooms',
  {
    id: id(),
    name: varchar({ length: 50 }).notNull(),
    description: varchar({ length: 255 }),
    /** Offered for bookings. */
    isActive: boolean().notNull().default(true),
    ...timestamps,
    ...softDelete,
  },
  (t) => [uniqueIndex('uq_rooms__name').on(t.name)],
);

/** Secret addresses of people's calendars: whoever has one reads that person's appointments until it is rotated. */
export const calendarFeeds = mysqlTable(
  'calendar_feeds',
  {
    userId: reference()
      .primaryKey()
      .references(() => users.id),
    /** Keyed hash of the token: the database alone opens no feed. */
    tokenHash: varchar({ length: 64 }).notNull(),
    createdAt: instant().notNull(),
  },
  (t) => [uniqueIndex('uq_calendar_feeds__token_hash').on(t.tokenHash)],
);
