import { and, eq, gte, inArray, isNull, lte } from 'drizzle-orm';
import type * as v from 'valibot';
import { visiblePatients } from '../../access/ownership.ts';
import type { Ctx } from '../../context.ts';
import { resource } from '../../db/resource.ts';
import { containsWords } from '../../db/search.ts';
import { InvalidField } from '../../errors.ts';
import { formatInstant } from '../../time.ts';
import { assertNotFuture, assertOwnersKept, ownersOf, today, writesFor } from './entry.ts';
import { checkedValues } from './field-values.ts';
import type { HistoryChanges, HistoryQuery, NewHistory } from './histories-schemas.ts';
import { historyTemplates, medicalHistories } from './tables.ts';
import { templateFields } from './templates.ts';

const historyView = (row: typeof medicalHistories.$inferSelect, timeZone: string) => ({
  id: row.id,
  patient_id: row.patientId,
  therapist_id: row.therapistId,
  template_id: row.templateId,
  template_version: row.templateVersion,
  history_date: row.historyDate,
  fields_data: row.fieldsData,
  created_at: formatInstant(row.createdAt, timeZone),
  updated_at: formatInstant(row.updatedAt, timeZone),
});

const records = resource({
  entity: 'medical_history',
  table: medicalHistories,
  view: (ctx, rows) => rows.map((row) => historyView(row, ctx.services.config.timeZone)),
  ordering: { history_date: medicalHistories.historyDate, created_at: medicalHistories.createdAt },
  defaultOrdering: '-history_date',
  visible: (ctx) => visiblePatients(ctx, medicalHistories.patientId),
  mayChange: writesFor,
  restore: 'medical_histories:restore',
});

export const { get: getHistory, remove: removeHistory, restore: restoreHistory } = records;

/** Histories of the patients the caller may see, the latest first; `search` looks at the template's name. */
export function listHistories(ctx: Ctx, query: v.InferOutput<typeof HistoryQuery>) {
  const named = containsWords(historyTemplates.name, query.search);
  const templates = ctx.db.select({ id: historyTemplates.id }).from(historyTemplates).where(named);
  return records.list(
    ctx,
    query,
    and(
      query.patient_id === undefined ? undefined : eq(medicalHistories.patientId, query.patient_id),
      query.therapist_id === undefined ? undefined : eq(medicalHistories.therapistId, query.therapist_id),
      query.template_id === undefined ? undefined : eq(medicalHistories.templateId, query.template_id),
      query.date_from === undefined ? undefined : gte(medicalHistories.historyDate, query.date_from),
      query.date_to === undefined ? undefined : lte(medicalHistories.historyDate, query.date_to),
      named && inArray(medicalHistories.templateId, templates),
    ),
  );
}

/**
 * Writes a history, checked against the fields of the template's version.
 * @throws AppError VALIDATION_ERROR by field path, FieldConflict against `history_date` for a second one of the patient,
 *   template and day, InvalidField, AppError INSUFFICIENT_PERMISSIONS
 */
export const createHistory = (ctx: Ctx, input: v.InferOutput<typeof NewHistory>) =>
  records.create(ctx, async (tx) => {
    const owners = await ownersOf(tx, input);
    const historyDate = input.history_date ?? today(tx);
    assertNotFuture(tx, 'history_date', historyDate);
    const { version, fields } = await formFor(tx, input.template_id, input.template_version);
    return {
      ...owners,
      templateId: input.template_id,
      templateVersion: version,
      historyDate,
      fieldsData: checkedValues(fields, input.fields_data, tx.language),
    };
  });

/**
 * Corrects a history, checked against the fields of the version that it was written with; the values are replaced
 * as a whole.
 * @throws as {@link createHistory}, and AppError NOT_FOUND or PRECONDITION_FAILED
 */
export const changeHistory = (ctx: Ctx, id: number, input: v.InferOutput<typeof HistoryChanges>) =>
  records.update(ctx, id, async (tx, current) => {
    assertOwnersKept(tx, current, input);
    assertNotFuture(tx, 'history_date', input.history_date);
    const { patientId, templateId, templateVersion } = current;
    const { fields_data: values } = input;
    const { fields } = await templateFields(tx, templateId, templateVersion);
    return {
      patientId,
      templateId,
      therapistId: input.therapist_id ?? current.therapistId,
      historyDate: input.history_date ?? current.historyDate,
      ...(values && { fieldsData: checkedValues(fields, values, tx.language) }),
    };
  });

/** @throws InvalidField for a template that is not there (any more), or a version that it never had */
async function formFor(tx: Ctx, templateId: number, version: number | undefined) {
  const [template] = await tx.db
    .select({ latest: historyTemplates.version })
    .from(historyTemplates)
    .where(and(eq(historyTemplates.id, templateId), isNull(historyTemplates.deletedAt)));
  if (!template) throw new InvalidField('template_id', UNKNOWN);
  if (version !== undefined && version > template.latest) throw new InvalidField('template_version', UNKNOWN);
  return templateFields(tx, templateId, version ?? template.latest);
}

const UNKNOWN = { es: 'No existe.', en: 'Does not exist.' };
