import { and, eq } from 'drizzle-orm';
import type * as v from 'valibot';
import { visiblePatients } from '../../access/ownership.ts';
import type { Ctx } from '../../context.ts';
import { columnsOf } from '../../db/casing.ts';
import { resource } from '../../db/resource.ts';
import { onDays } from '../../db/search.ts';
import { InvalidField } from '../../errors.ts';
import { searchTextOf } from '../../search-text.ts';
import { localDay } from '../../time.ts';
import { assertNothingUpcoming } from '../appointments/upcoming.ts';
import { patientsChanged } from '../reports/statistics/changed.ts';
import { accountsChanged, assertLinkable } from './account.ts';
import { assertNobodyLike } from './duplicates.ts';
import { patientSearch } from './patient-search.ts';
import { assertPermittedFields } from './permitted-fields.ts';
import type { NewPatient, NewPatientQuery, PatientChanges, PatientQuery } from './schemas.ts';
import { patients } from './tables.ts';
import { type PatientRow, patientView } from './view.ts';

const view = (ctx: Ctx, rows: PatientRow[]) => {
  const { timeZone } = ctx.services.config;
  const today = localDay(ctx.now, timeZone);
  return rows.map((row) => patientView(row, today, timeZone));
};

const records = resource({
  entity: 'patient',
  table: patients,
  view,
  ordering: {
    created_at: patients.createdAt,
    paternal_last_name: [patients.paternalLastName, patients.maternalLastName, patients.firstName],
    document_number: patients.documentNumber,
  },
  defaultOrdering: '-created_at',
  visible: (ctx) => visiblePatients(ctx, patients.id),
  restore: 'patients:restore',
  search: patientSearch,
  assertRemovable: async (tx, { id }) => {
    await assertNothingUpcoming(tx, { patientId: id });
    patientsChanged(tx);
  },
  committed: accountsChanged,
});

export const { get: getPatient, remove: removePatient, restore: restorePatient } = records;

/** Patients the caller may see, the latest registered first; `search` looks at names, document and telephone. */
export function listPatients(ctx: Ctx, query: v.InferOutput<typeof PatientQuery>) {
  const { created_from: from, created_to: to } = query;
  return records.list(
    ctx,
    query,
    and(
      query.sex === undefined ? undefined : eq(patients.sex, query.sex),
      query.document_number === undefined ? undefined : eq(patients.documentNumber, query.document_number),
      query.region_id === undefined ? undefined : eq(patients.regionId, query.region_id),
      onDays(patients.createdAt, { from, to }, ctx.services.config.timeZone),
    ),
  );
}

/**
 * Registers a patient. Somebody of the same name and birth date as another is registered when the caller confirms it.
 * @throws FieldConflict for a document or account that is taken, InvalidField, AppError INSUFFICIENT_PERMISSIONS or
 * BUSINESS_RULE_VIOLATION `possible_duplicate`
 */
export const createPatient = (
  ctx: Ctx,
  input: v.InferOutput<typeof NewPatient>,
  { confirm_duplicate: isConfirmed }: v.InferOutput<typeof NewPatientQuery> = {},
) =>
  records.create(ctx, async (tx) => {
    assertPermittedFields(tx, {}, { user_id: input.user_id });
    assertBorn(tx, input.birth_date);
    if (input.user_id) await assertLinkable(tx, input.user_id, 'patient');
    const values = columnsOf(input);
    if (!isConfirmed) await assertNobodyLike(tx, values);
    patientsChanged(tx);
    return { ...values, searchText: searchTextOf(values) };
  });

/**
 * Changes a patient's data; patients themselves change how to reach them.
 * @throws FieldConflict, InvalidField, AppError NOT_FOUND, PRECONDITION_FAILED or INSUFFICIENT_PERMISSIONS
 */
export const changePatient = (ctx: Ctx, id: number, input: v.InferOutput<typeof PatientChanges>) =>
  records.update(ctx, id, async (tx, current) => {
    const [shown = {}] = view(tx, [current]);
    assertPermittedFields(tx, shown, input);
    assertBorn(tx, input.birth_date);
    if (input.user_id && input.user_id !== current.userId) await assertLinkable(tx, input.user_id, 'patient');
    const changes = columnsOf(input);
    return { ...changes, searchText: searchTextOf({ ...current, ...changes }) };
  });

/** @throws InvalidField for a birth date after today */
export function assertBorn(ctx: Ctx, birthDate: string | null | undefined): void {
  if (!birthDate || birthDate <= localDay(ctx.now, ctx.services.config.timeZone)) return;
  throw new InvalidField('birth_date', { es: 'Está en el futuro.', en: 'Is in the future.' });
}
