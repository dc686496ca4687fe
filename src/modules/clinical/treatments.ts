import { and, eq, gte, isNull, lte } from 'drizzle-orm';
import type * as v from 'valibot';
import { visiblePatients } from '../../access/ownership.ts';
import type { Ctx } from '../../context.ts';
import { columnsOf } from '../../db/casing.ts';
import { resource } from '../../db/resource.ts';
import { containsWords } from '../../db/search.ts';
import { InvalidField, RuleViolation } from '../../errors.ts';
import { formatInstant } from '../../time.ts';
import { assertOwnersKept, ownersOf, today, writesFor } from './entry.ts';
import { diagnoses, treatments } from './tables.ts';
import type { NewTreatment, TreatmentChanges, TreatmentQuery } from './treatments-schemas.ts';

type Row = typeof treatments.$inferSelect;

/** Per cent of the planned sessions that are done, 0..100; null when none are planned. */
const progressOf = ({ sessionsDone, sessionsPlanned }: Row): number | null =>
  sessionsPlanned ? Math.floor((100 * sessionsDone) / sessionsPlanned) : null;

const treatmentView = (row: Row, timeZone: string) => ({
  id: row.id,
  patient_id: row.patientId,
  therapist_id: row.therapistId,
  diagnosis_id: row.diagnosisId,
  treatment_type: row.treatmentType,
  description: row.description,
  duration_weeks: row.durationWeeks,
  sessions_planned: row.sessionsPlanned,
  sessions_done: row.sessionsDone,
  progress: progressOf(row),
  status: row.status,
  start_date: row.startDate,
  end_date: row.endDate,
  created_at: formatInstant(row.createdAt, timeZone),
  updated_at: formatInstant(row.updatedAt, timeZone),
});

const records = resource({
  entity: 'treatment',
  table: treatments,
  view: (ctx, rows) => rows.map((row) => treatmentView(row, ctx.services.config.timeZone)),
  ordering: { start_date: treatments.startDate, created_at: treatments.createdAt },
  defaultOrdering: '-start_date',
  visible: (ctx) => visiblePatients(ctx, treatments.patientId),
  mayChange: writesFor,
  restore: 'treatments:restore',
});

export const { get: getTreatment, remove: removeTreatment, restore: restoreTreatment } = records;

/** Treatments of the patients the caller may see, the latest first; dates are those of the start. */
export const listTreatments = (ctx: Ctx, query: v.InferOutput<typeof TreatmentQuery>) =>
  records.list(
    ctx,
    query,
    and(
      query.patient_id === undefined ? undefined : eq(treatments.patientId, query.patient_id),
      query.therapist_id === undefined ? undefined : eq(treatments.therapistId, query.therapist_id),
      query.diagnosis_id === undefined ? undefined : eq(treatments.diagnosisId, query.diagnosis_id),
      query.status === undefined ? undefined : eq(treatments.status, query.status),
      query.treatment_type === undefined ? undefined : eq(treatments.treatmentType, query.treatment_type),
      query.date_from === undefined ? undefined : gte(treatments.startDate, query.date_from),
      query.date_to === undefined ? undefined : lte(treatments.startDate, query.date_to),
      containsWords(treatments.description, query.search),
    ),
  );

/**
 * Begins a treatment.
 * @throws InvalidField for an unknown patient or diagnosis, sessions or dates that contradict each other; AppError
 *   INSUFFICIENT_PERMISSIONS
 */
export const createTreatment = (ctx: Ctx, input: v.InferOutput<typeof NewTreatment>) =>
  records.create(ctx, async (tx) => {
    const owners = await ownersOf(tx, input);
    const row = { ...columnsOf(input), ...owners, startDate: input.start_date ?? today(tx) };
    assertConsistent(row);
    await assertDiagnosisOf(tx, row);
    return row;
  });

/**
 * Changes a treatment: sessions done, its state, …
 * @throws RuleViolation `invalid_status_transition`, InvalidField, AppError NOT_FOUND, PRECONDITION_FAILED or
 *   INSUFFICIENT_PERMISSIONS
 */
export const changeTreatment = (ctx: Ctx, id: number, input: v.InferOutput<typeof TreatmentChanges>) =>
  records.update(ctx, id, async (tx, current) => {
    assertOwnersKept(tx, current, input);
    const changes = columnsOf(input);
    const row = { ...current, ...changes };
    assertTransition(current.status, row.status);
    assertConsistent(row);
    if (row.diagnosisId !== current.diagnosisId) await assertDiagnosisOf(tx, row);
    return changes;
  });

/** What a treatment can become; the completed and the cancelled stay so. */
const TRANSITIONS: Record<Row['status'], readonly Row['status'][]> = {
  active: ['paused', 'completed', 'cancelled'],
  paused: ['active', 'completed', 'cancelled'],
  completed: [],
  cancelled: [],
};

function assertTransition(from: Row['status'], to: Row['status']): void {
  if (from === to || TRANSITIONS[from].includes(to)) return;
  throw new RuleViolation([
    {
      rule: 'invalid_status_transition',
      message: {
        es: `Un tratamiento en estado "${from}" no puede pasar a "${to}".`,
        en: `A treatment that is "${from}" cannot become "${to}".`,
      },
    },
  ]);
}

type Course = {
  sessionsPlanned: number | null;
  sessionsDone: number;
  startDate: string;
  endDate: string | null;
};

function assertConsistent({ sessionsPlanned, sessionsDone, startDate, endDate }: Course): void {
  if (sessionsPlanned !== null && sessionsDone > sessionsPlanned) {
    throw new InvalidField('sessions_done', {
      es: 'Supera las sesiones previstas.',
      en: 'Is above the planned sessions.',
    });
  }
  if (endDate !== null && endDate < startDate) {
    throw new InvalidField('end_date', { es: 'Es anterior al inicio.', en: 'Is before the start.' });
  }
}

async function assertDiagnosisOf(
  tx: Ctx,
  { diagnosisId, patientId }: { diagnosisId: number | null; patientId: number },
): Promise<void> {
  if (diagnosisId === null) return;
  const [diagnosis] = await tx.db
    .select({ id: diagnoses.id })
    .from(diagnoses)
    .where(
      and(eq(diagnoses.id, diagnosisId), eq(diagnoses.patientId, patientId), isNull(diagnoses.deletedAt)),
    );
  if (diagnosis) return;
  throw new InvalidField('diagnosis_id', {
    es: 'No es un diagnóstico de este paciente.',
    en: 'Is not a diagnosis of this patient.',
  });
}
