import {
  boolean,
  index,
  int,
  mysqlEnum,
  mysqlTable,
  text,
  uniqueIndex,
  varchar,
} from 'drizzle-orm/mysql-core';
import { day, id, instant, jsonOf, reference, softDelete, timestamps } from '../../db/columns.ts';
import { plainText } from '../../db/search-index.ts';
import { personColumns, placeColumns } from '../people/columns.ts';
import { users } from '../users/tables.ts';

/** People who are treated. `searchText` holds names, document and phone without accents or case. */
export const patients = mysqlTable(
  'patients',
  {
    id: id(),
    ...personColumns,
    birthDate: day(),
    sex: mysqlEnum(['M', 'F', 'O']),
    phone: varchar({ length: 20 }),
    phoneSecondary: varchar({ length: 20 }),
    email: varchar({ length: 254 }),
    occupation: varchar({ length: 100 }),
    healthCondition: text(),
    allergies: text(),
    bloodType: varchar({ length: 3 }),
    emergencyContact: varchar({ length: 200 }),
    emergencyPhone: varchar({ length: 20 }),
    address: varchar({ length: 255 }),
    ...placeColumns,
    searchText: plainText(400).notNull(),
    /** Set when the person's data was erased at their request; what is left cannot be taken back. */
    anonymisedAt: instant(),
    ...timestamps,
    ...softDelete,
  },
  (t) => [
    uniqueIndex('uq_patients__user_id').on(t.userId),
    uniqueIndex('uq_patients__document_number').on(t.documentNumber),
    index('patients_name').on(t.paternalLastName, t.maternalLastName, t.firstName),
    index('patients_created').on(t.createdAt),
    index('patients_birth').on(t.birthDate, t.paternalLastName),
    // A search reads the texts off this alone.
    index('patients_text').on(t.id, t.deletedAt, t.searchText),
  ],
);

export const IMPORT_STATUSES = ['queued', 'running', 'done', 'failed'] as const;

/** Files of patients that were handed in. `rowsDone` moves in the transaction that imports the rows it counts. */
export const patientImports = mysqlTable(
  'patient_imports',
  {
    id: id(),
    requestedBy: reference()
      .notNull()
      .references(() => users.id),
    /** Of the reasons that the person reads later. */
    language: mysqlEnum(['es', 'en']).notNull(),
    fileName: varchar({ length: 255 }).notNull(),
    fileKey: varchar({ length: 100 }).notNull(),
    /** Only tells what would happen. */
    dryRun: boolean().notNull(),
    /** Takes rows with the name and birth date of somebody who is registered. */
    confirmDuplicate: boolean().notNull(),
    status: mysqlEnum(IMPORT_STATUSES).notNull().default('queued'),
    /** The titles of the file's columns, as they are there. */
    headers: jsonOf<string[]>(),
    rowsTotal: int({ unsigned: true }).notNull().default(0),
    rowsDone: int({ unsigned: true }).notNull().default(0),
    rowsCreated: int({ unsigned: true }).notNull().default(0),
    rowsFailed: int({ unsigned: true }).notNull().default(0),
    /** Why the whole file could not be imported, in the person's language. */
    error: varchar({ length: 500 }),
    createdAt: instant().notNull(),
    startedAt: instant(),
    finishedAt: instant(),
  },
  (t) => [
    index('patient_imports_requested').on(t.requestedBy, t.id),
    index('patient_imports_finished').on(t.finishedAt),
  ],
);

/** The rows of a file that were not imported, with what they held. Forgotten after 30 days (import/forget.ts). */
export const patientImportErrors = mysqlTable(
  'patient_import_errors',
  {
    id: id(),
    importId: reference()
      .notNull()
      .references(() => patientImports.id),
    /** As a spreadsheet counts: the first row is 1. */
    rowNumber: int({ unsigned: true }).notNull(),
    /** By field; a list, as MySQL sorts the keys of an object. */
    reasons: jsonOf<[field: string, reasons: string[]][]>().notNull(),
    /** The cells in the order of the file's columns. */
    cells: jsonOf<string[]>().notNull(),
  },
  (t) => [uniqueIndex('uq_patient_import_errors__row_number').on(t.importId, t.rowNumber)],
);
