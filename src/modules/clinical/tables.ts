import {
  boolean,
  index,
  int,
  mysqlEnum,
  mysqlTable,
  smallint,
  text,
  uniqueIndex,
  varchar,
} from 'drizzle-orm/mysql-core';
import { day, id, instant, jsonOf, reference, softDelete, timestamps } from '../../db/columns.ts';
import { patients } from '../patients/tables.ts';
import { specialties, therapists } from '../therapists/tables.ts';
import { users } from '../users/tables.ts';
import type { FieldValues, TemplateField } from './template-field.ts';

/** CIE-10 (ICD-10): categories such as `M54` and subcategories such as `M54.5`, with Spanish names. */
export const diagnosisCodes = mysqlTable(
  'diagnosis_codes',
  {
    id: id(),
    code: varchar({ length: 5 }).notNull(),
    name: varchar({ length: 255 }).notNull(),
    /** The code with and without its point, and the name, without accents or case. */
    searchText: varchar({ length: 300 }).notNull(),
  },
  (t) => [uniqueIndex('uq_diagnosis_codes__code').on(t.code)],
);

const ofPatientAndTherapist = {
  patientId: reference()
    .notNull()
    .references(() => patients.id),
  therapistId: reference()
    .notNull()
    .references(() => therapists.id),
};

/** What a therapist found. */
export const diagnoses = mysqlTable(
  'diagnoses',
  {
    id: id(),
    ...ofPatientAndTherapist,
    /** Of {@link diagnosisCodes}; null for what the therapist names without one. */
    code: varchar({ length: 5 }),
    name: varchar({ length: 255 }).notNull(),
    symptoms: text().notNull(),
    observations: text(),
    treatmentPlan: text(),
    diagnosisDate: day().notNull(),
    isActive: boolean().notNull().default(true),
    ...timestamps,
    ...softDelete,
  },
  (t) => [
    index('diagnoses_patient').on(t.patientId, t.diagnosisDate),
    index('diagnoses_therapist').on(t.therapistId, t.diagnosisDate),
    index('diagnoses_code').on(t.code, t.diagnosisDate),
    index('diagnoses_date').on(t.diagnosisDate),
  ],
);

export const TREATMENT_TYPES = ['therapy', 'medication', 'surgery', 'other'] as const;
export const TREATMENT_STATUSES = ['active', 'completed', 'cancelled', 'paused'] as const;

/** What is done about it, and how far it has come. */
export const treatments = mysqlTable(
  'treatments',
  {
    id: id(),
    ...ofPatientAndTherapist,
    diagnosisId: reference().references(() => diagnoses.id),
    treatmentType: mysqlEnum(TREATMENT_TYPES).notNull(),
    description: text().notNull(),
    durationWeeks: smallint({ unsigned: true }),
    sessionsPlanned: smallint({ unsigned: true }),
    sessionsDone: smallint({ unsigned: true }).notNull().default(0),
    status: mysqlEnum(TREATMENT_STATUSES).notNull().default('active'),
    startDate: day().notNull(),
    endDate: day(),
    ...timestamps,
    ...softDelete,
  },
  (t) => [
    index('treatments_patient').on(t.patientId, t.startDate),
    index('treatments_therapist').on(t.therapistId, t.startDate),
    index('treatments_diagnosis').on(t.diagnosisId),
    index('treatments_status').on(t.status, t.startDate),
    index('treatments_type').on(t.treatmentType, t.startDate),
    index('treatments_start').on(t.startDate),
  ],
);

/** A form for medical histories; its sections and fields are those of its current version. */
export const historyTemplates = mysqlTable(
  'history_templates',
  {
    id: id(),
    name: varchar({ length: 100 }).notNull(),
    description: text(),
    specialtyId: reference().references(() => specialties.id),
    version: int({ unsigned: true }).notNull().default(1),
    ...timestamps,
    ...softDelete,
  },
  (t) => [
    uniqueIndex('uq_history_templates__name').on(t.name),
    index('history_templates_specialty').on(t.specialtyId),
  ],
);

/** Every version of a template's sections and fields, never changed: a history keeps the one it was written with. */
export const historyTemplateVersions = mysqlTable(
  'history_template_versions',
  {
    id: id(),
    templateId: reference()
      .notNull()
      .references(() => historyTemplates.id),
    version: int({ unsigned: true }).notNull(),
    sections: jsonOf<string[]>().notNull(),
    fields: jsonOf<TemplateField[]>().notNull(),
    createdAt: instant().notNull(),
  },
  (t) => [uniqueIndex('uq_history_template_versions__version').on(t.templateId, t.version)],
);

/** A filled-in template. */
export const medicalHistories = mysqlTable(
  'medical_histories',
  {
    id: id(),
    ...ofPatientAndTherapist,
    templateId: reference()
      .notNull()
      .references(() => historyTemplates.id),
    templateVersion: int({ unsigned: true }).notNull(),
    historyDate: day().notNull(),
    fieldsData: jsonOf<FieldValues>().notNull(),
    ...timestamps,
    ...softDelete,
  },
  (t) => [
    uniqueIndex('uq_medical_histories__history_date').on(t.patientId, t.templateId, t.historyDate),
    index('medical_histories_patient').on(t.patientId, t.historyDate),
    index('medical_histories_therapist').on(t.therapistId, t.historyDate),
    index('medical_histories_template').on(t.templateId, t.historyDate),
    index('medical_histories_date').on(t.historyDate),
  ],
);

/** A therapist opened the records of a patient who was never assigned, and said why (`access/emergency.ts`). */
export const emergencyAccess = mysqlTable(
  'emergency_access',
  {
    id: id(),
    ...ofPatientAndTherapist,
    userId: reference()
      .notNull()
      .references(() => users.id),
    reason: varchar({ length: 500 }).notNull(),
    openedAt: instant().notNull(),
    expiresAt: instant().notNull(),
  },
  (t) => [
    index('emergency_access_therapist').on(t.therapistId, t.expiresAt),
    index('emergency_access_patient').on(t.patientId, t.openedAt),
  ],
);
