import { and, eq, gt, isNull } from 'drizzle-orm';
import * as v from 'valibot';
import { type Ctx, transaction } from '../context.ts';
import { audit } from '../db/audit.ts';
import { emit } from '../db/outbox.ts';
import { InvalidField } from '../errors.ts';
import { Line } from '../http/schemas.ts';
import { notifyEmergencyAccess } from '../modules/clinical/jobs.ts';
import { diagnoses, emergencyAccess, medicalHistories, treatments } from '../modules/clinical/tables.ts';
import { patients } from '../modules/patients/tables.ts';
import { user, visiblePatients } from './ownership.ts';

/** The header with which a therapist opens the records of a patient who was never assigned, and says why. */
export const ACCESS_REASON = 'X-Access-Reason';

/** How long the records stay open to that therapist: a shift. */
const HOURS = 8;

const SHORTEST = 10;
const LONGEST = 500;

const RECORDS = { diagnosis: diagnoses, treatment: treatments, history: medicalHistories };

/** Where a request says whose records it is about: the path's id, the list's filter, the body, or a record. */
export type PatientIn = 'path' | 'filter' | 'body' | keyof typeof RECORDS;

type Named = { params: unknown; query: unknown; body: unknown };

/**
 * Notes in `ctx` which patients are open to the therapist in an emergency, after opening the one that the request
 * is about when it carries a reason. Patients who are the therapist's anyway need none: nothing is recorded then.
 * @throws InvalidField for a reason that says nothing
 */
export async function applyEmergencyAccess(
  ctx: Ctx,
  header: string | null,
  where: PatientIn,
  request: Named,
): Promise<void> {
  if (!ctx.scopes.includes('assigned') || ctx.scopes.includes('any')) return;
  const { therapistId } = user(ctx);
  if (!therapistId) return;
  ctx.emergencyPatients = await openPatients(ctx, therapistId);
  if (header === null) return;
  const reason = readReason(header);
  const patientId = await patientOf(ctx, where, request);
  if (patientId && (await open(ctx, therapistId, patientId, reason))) {
    ctx.emergencyPatients = [...ctx.emergencyPatients, patientId];
  }
}

async function openPatients(ctx: Ctx, therapistId: number): Promise<number[]> {
  const rows = await ctx.db
    .selectDistinct({ patientId: emergencyAccess.patientId })
    .from(emergencyAccess)
    .where(and(eq(emergencyAccess.therapistId, therapistId), gt(emergencyAccess.expiresAt, ctx.now)));
  return rows.map(({ patientId }) => patientId);
}

/** Headers are ASCII: other letters come percent-encoded (`encodeURIComponent`). */
function readReason(header: string): string {
  let text = header;
  try {
    text = decodeURIComponent(header);
  } catch {
    // a percent sign that encodes nothing
  }
  const { success, output } = v.safeParse(v.pipe(Line(LONGEST), v.minLength(SHORTEST)), text);
  if (success) return output;
  throw new InvalidField(ACCESS_REASON, {
    es: `Explique el motivo en ${SHORTEST} a ${LONGEST} caracteres.`,
    en: `Give the reason in ${SHORTEST} to ${LONGEST} characters.`,
  });
}

async function patientOf(ctx: Ctx, where: PatientIn, request: Named): Promise<number | undefined> {
  const { params, query, body } = request as {
    params?: { id?: number };
    query?: { patient_id?: number };
    body?: { patient_id?: number };
  };
  if (where === 'path') return params?.id;
  if (where === 'filter') return query?.patient_id;
  if (where === 'body') return body?.patient_id;
  const table = RECORDS[where];
  const [row] = await ctx.db
    .select({ patientId: table.patientId })
    .from(table)
    .where(and(eq(table.id, params?.id ?? 0), isNull(table.deletedAt)));
  return row?.patientId;
}

/** Whether the records were opened now; not when the patient is the therapist's, is open already, or is not there. */
async function open(ctx: Ctx, therapistId: number, patientId: number, reason: string): Promise<boolean> {
  return transaction({ ...ctx, idempotency: null }, async (tx) => {
    const [patient] = await tx.db
      .select({ id: patients.id })
      .from(patients)
      .where(and(eq(patients.id, patientId), isNull(patients.deletedAt)))
      .for('update');
    if (!patient) return false;
    const known = { ...tx, emergencyPatients: await openPatients(tx, therapistId) };
    const [mine] = await tx.db
      .select({ id: patients.id })
      .from(patients)
      .where(and(eq(patients.id, patientId), visiblePatients(known, patients.id)));
    if (mine) return known.emergencyPatients.includes(patientId);
    const expiresAt = tx.now.add({ hours: HOURS });
    const [{ insertId: accessId }] = await tx.db.insert(emergencyAccess).values({
      therapistId,
      patientId,
      userId: user(tx).userId,
      reason,
      openedAt: tx.now,
      expiresAt,
    });
    await audit(tx, {
      action: 'emergency_access',
      entity: 'patient',
      entityId: patientId,
      after: { therapist_id: therapistId, reason, expires_at: expiresAt.toString() },
    });
    await emit(tx, notifyEmergencyAccess, { accessId });
    return true;
  });
}
