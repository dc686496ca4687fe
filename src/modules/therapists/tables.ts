import {
  boolean,
  index,
  int,
  mysqlTable,
  primaryKey,
  smallint,
  text,
  tinyint,
  uniqueIndex,
  varchar,
} from 'drizzle-orm/mysql-core';
import { day, id, instant, reference, softDelete, timestamps } from '../../db/columns.ts';
import { personColumns, placeColumns } from '../people/columns.ts';

/** People who treat. */
export const therapists = mysqlTable(
  'therapists',
  {
    id: id(),
    ...personColumns,
    licenseNumber: varchar({ length: 30 }).notNull(),
    experienceYears: tinyint({ unsigned: true }),
    phone: varchar({ length: 20 }),
    email: varchar({ length: 254 }),
    isActive: boolean().notNull().default(true),
    /** Grows with every change of when they can be booked: blocks, absences and holidays (`availability.ts`). */
    availabilityVersion: int({ unsigned: true }).notNull().default(0),
    ...placeColumns,
    searchText: varchar({ length: 400 }).notNull(),
    ...timestamps,
    ...softDelete,
  },
  (t) => [
    uniqueIndex('uq_therapists__user_id').on(t.userId),
    uniqueIndex('uq_therapists__document_number').on(t.documentNumber),
    uniqueIndex('uq_therapists__license_number').on(t.licenseNumber),
    index('therapists_name').on(t.paternalLastName, t.maternalLastName, t.firstName),
  ],
);

/** What the clinic offers. */
export const specialties = mysqlTable(
  'specialties',
  {
    id: id(),
    name: varchar({ length: 100 }).notNull(),
    description: text(),
    requirements: text(),
    isActive: boolean().notNull().default(true),
    ...timestamps,
    ...softDelete,
  },
  (t) => [uniqueIndex('uq_specialties__name').on(t.name)],
);

export const therapistSpecialties = mysqlTable(
  'therapist_specialties',
  {
    therapistId: reference()
      .notNull()
      .references(() => therapists.id),
    specialtyId: reference()
      .notNull()
      .references(() => specialties.id),
  },
  (t) => [
    primaryKey({ columns: [t.therapistId, t.specialtyId] }),
    index('therapist_specialties_specialty').on(t.specialtyId),
  ],
);

/** Weekly working blocks as minutes of the clinic's wall clock: 540 is 09:00, 1440 the midnight that ends the day. */
export const scheduleBlocks = mysqlTable(
  'schedule_blocks',
  {
    id: id(),
    therapistId: reference()
      .notNull()
      .references(() => therapists.id),
    /** ISO 8601: Monday is 1. */
    weekday: tinyint({ unsigned: true }).notNull(),
    startMinute: smallint({ unsigned: true }).notNull(),
    endMinute: smallint({ unsigned: true }).notNull(),
  },
  (t) => [index('schedule_blocks_therapist').on(t.therapistId, t.weekday)],
);

/** Absences of one therapist. */
export const timeOff = mysqlTable(
  'therapist_time_off',
  {
    id: id(),
    therapistId: reference()
      .notNull()
      .references(() => therapists.id),
    startsAt: instant().notNull(),
    endsAt: instant().notNull(),
    reason: varchar({ length: 255 }),
    ...timestamps,
  },
  (t) => [index('therapist_time_off_span').on(t.therapistId, t.endsAt)],
);

/** Days on which the clinic is closed. */
export const holidays = mysqlTable(
  'holidays',
  {
    id: id(),
    date: day().notNull(),
    name: varchar({ length: 150 }).notNull(),
    ...timestamps,
    ...softDelete,
  },
  (t) => [uniqueIndex('uq_holidays__date').on(t.date)],
);
