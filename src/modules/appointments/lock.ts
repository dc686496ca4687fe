import { and, asc, eq, inArray, sql } from 'drizzle-orm';
import { visible } from '../../access/ownership.ts';
import type { Ctx } from '../../context.ts';
import { statement } from '../../db/statement.ts';
import { InvalidField, notFound } from '../../errors.ts';
import { assertUnchanged } from '../../http/etag.ts';
import { patients } from '../patients/tables.ts';
import { therapists } from '../therapists/tables.ts';
import { findAppointment, showAppointment } from './find.ts';
import { appointments, rooms } from './tables.ts';
import type { AppointmentRow } from './view.ts';

/** A side of an appointment, locked until the transaction ends. */
export type Party = { id: number; active: boolean };

type Wanted = { therapistId: number; from?: number; patientId: number; room: string | null };

const UNKNOWN = { es: 'No existe.', en: 'Does not exist.' };

const lockTherapists = statement((db) =>
  db
    .select({
      id: therapists.id,
      active: sql<number>`${therapists.isActive} and ${therapists.deletedAt} is null`,
    })
    .from(therapists)
    .where(inArray(therapists.id, [sql.placeholder('one'), sql.placeholder('other')]))
    .orderBy(asc(therapists.id))
    .for('update'),
);

const lockPatient = statement((db) =>
  db
    .select({ id: patients.id, active: sql<number>`${patients.deletedAt} is null` })
    .from(patients)
    .where(eq(patients.id, sql.placeholder('id')))
    .for('update'),
);

/**
 * Locks all that a booking may collide on, always in the same order (therapists by id, patient, room), so that two
 * bookings wait for each other instead of deadlocking. `from` is the therapist that an appointment moves away from.
 * @throws InvalidField against `therapist_id` or `patient_id` when there is no such record
 */
export async function lockParties(tx: Ctx, wanted: Wanted): Promise<{ therapist: Party; patient: Party }> {
  const { therapistId, from = therapistId, patientId, room } = wanted;
  const locked = await lockTherapists(tx.db, { one: therapistId, other: from });
  const therapist = partyOf(locked, therapistId, 'therapist_id');
  const patient = partyOf(await lockPatient(tx.db, { id: patientId }), patientId, 'patient_id');
  if (room !== null) await lockRoom(tx, room);
  return { therapist, patient };
}

function partyOf(rows: readonly { id: number; active: number }[], id: number, field: string): Party {
  const row = rows.find((party) => party.id === id);
  if (!row) throw new InvalidField(field, UNKNOWN);
  return { id, active: row.active === 1 };
}

/** A room is known from its first booking on. */
async function lockRoom(tx: Ctx, name: string): Promise<void> {
  await tx.db
    .insert(rooms)
    .values({ name })
    .onDuplicateKeyUpdate({ set: { name: sql`${rooms.name}` } });
}

/** Locks the row, then reads it as the caller may see it. @throws AppError NOT_FOUND or PRECONDITION_FAILED */
export async function lockAppointment(tx: Ctx, id: number): Promise<AppointmentRow> {
  const [locked] = await tx.db
    .select({ id: appointments.id })
    .from(appointments)
    .where(and(eq(appointments.id, id), visible(tx, appointments)))
    .for('update');
  if (!locked) throw notFound();
  const current = await findAppointment(tx, id);
  if (tx.ifMatch !== null) assertUnchanged(tx, await showAppointment(tx, current));
  return current;
}
