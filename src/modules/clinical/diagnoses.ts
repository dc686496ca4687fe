import { and, eq, gte, like, lte, or } from 'drizzle-orm';
import type * as v from 'valibot';
import { visiblePatients } from '../../access/ownership.ts';
import type { Ctx } from '../../context.ts';
import { columnsOf } from '../../db/casing.ts';
import { resource } from '../../db/resource.ts';
import { containsWords } from '../../db/search.ts';
import { formatInstant } from '../../time.ts';
import { assertKnownCode } from './codes.ts';
import type { DiagnosisChanges, DiagnosisQuery, NewDiagnosis } from './diagnoses-schemas.ts';
import { assertNotFuture, assertOwnersKept, ownersOf, today, writesFor } from './entry.ts';
import { diagnoses } from './tables.ts';

const diagnosisView = (row: typeof diagnoses.$inferSelect, timeZone: string) => ({
  id: row.id,
  patient_id: row.patientId,
  therapist_id: row.therapistId,
  diagnosis_data: {
    code: row.code,
    name: row.name,
    symptoms: row.symptoms,
    observations: row.observations,
  },
  treatment_plan: row.treatmentPlan,
  diagnosis_date: row.diagnosisDate,
  is_active: row.isActive,
  created_at: formatInstant(row.createdAt, timeZone),
  updated_at: formatInstant(row.updatedAt, timeZone),
});

const records = resource({
  entity: 'diagnosis',
  table: diagnoses,
  view: (ctx, rows) => rows.map((row) => diagnosisView(row, ctx.services.config.timeZone)),
  ordering: { diagnosis_date: diagnoses.diagnosisDate, created_at: diagnoses.createdAt },
  defaultOrdering: '-diagnosis_date',
  visible: (ctx) => visiblePatients(ctx, diagnoses.patientId),
  mayChange: writesFor,
  restore: 'diagnoses:restore',
});

export const { get: getDiagnosis, remove: removeDiagnosis, restore: restoreDiagnosis } = records;

/** Diagnoses of the patients the caller may see, the latest first; `search` looks at code and name. */
export const listDiagnoses = (ctx: Ctx, query: v.InferOutput<typeof DiagnosisQuery>) =>
  records.list(
    ctx,
    query,
    and(
      query.patient_id === undefined ? undefined : eq(diagnoses.patientId, query.patient_id),
      query.therapist_id === undefined ? undefined : eq(diagnoses.therapistId, query.therapist_id),
      query.code === undefined ? undefined : like(diagnoses.code, `${query.code}%`),
      query.date_from === undefined ? undefined : gte(diagnoses.diagnosisDate, query.date_from),
      query.date_to === undefined ? undefined : lte(diagnoses.diagnosisDate, query.date_to),
      or(containsWords(diagnoses.name, query.search), containsWords(diagnoses.code, query.search)),
    ),
  );

/**
 * Writes a diagnosis down.
 * @throws InvalidField for an unknown patient or code or a future day, AppError INSUFFICIENT_PERMISSIONS
 */
export const createDiagnosis = (ctx: Ctx, input: v.InferOutput<typeof NewDiagnosis>) =>
  records.create(ctx, async (tx) => {
    const { diagnosis_data: data, diagnosis_date: diagnosisDate = today(tx), ...rest } = input;
    const owners = await ownersOf(tx, input);
    await assertKnownCode(tx, 'diagnosis_data.code', data.code);
    assertNotFuture(tx, 'diagnosis_date', diagnosisDate);
    return { ...columnsOf(rest), ...data, ...owners, diagnosisDate };
  });

/**
 * Corrects a diagnosis; `diagnosis_data` is replaced as a whole.
 * @throws InvalidField, AppError NOT_FOUND, PRECONDITION_FAILED or INSUFFICIENT_PERMISSIONS
 */
export const changeDiagnosis = (ctx: Ctx, id: number, input: v.InferOutput<typeof DiagnosisChanges>) =>
  records.update(ctx, id, async (tx, current) => {
    const { diagnosis_data: data, ...rest } = input;
    assertOwnersKept(tx, current, input);
    await assertKnownCode(tx, 'diagnosis_data.code', data?.code ?? null);
    assertNotFuture(tx, 'diagnosis_date', input.diagnosis_date);
    return { ...columnsOf(rest), ...data };
  });
