import { and, eq, sql } from 'drizzle-orm';
import { visible } from '../../access/ownership.ts';
import type { Ctx } from '../../context.ts';
import { InvalidField, notFound } from '../../errors.ts';
import { assertUnchanged } from '../../http/etag.ts';
import { patients } from '../patients/tables.ts';
import { therapists } from '../therapists/tables.ts';
import { findAppointment } from './find.ts';
import { appointments, rooms } from './tables.ts';
import { type AppointmentRow, appointmentView } from './view.ts';

/** A side of an appointment, locked until the transaction ends. */
export type Party = { id: number; active: boolean };

type Wanted = { therapistIds: readonly number[]; patientId: number; room: string | null };

const UNKNOWN = { es: 'No existe.', en: 'Does not exist.' };

/**
 * Locks all that a booking may collide on, always in the same order (therapists by id, patient, room), so that two
 * bookings wait for each other instead of deadlocking.
 * @throws InvalidField against `therapist_id` or `patient_id` when there is no such record
 */
export async function lockParties(tx: Ctx, wanted: Wanted): Promise<{ therapists: Party[]; patient: Party }> {
  const ids = [...new Set(wanted.therapistIds)].toSorted((a, b) => a - b);
  const locked: Party[] = [];
  for (const id of ids) {
    const [rows] = await tx.db.execute(
      sql`select ${therapists.isActive} and ${therapists.deletedAt} is null as active from ${therapists} where ${therapists.id} = ${id} for update`,
    );
    locked.push(partyOf(id, rows, 'therapist_id'));
  }
  const [rows] = await tx.db.execute(
    sql`select ${patients.deletedAt} is null as active from ${patients} where ${patients.id} = ${wanted.patientId} for update`,
  );
  const patient = partyOf(wanted.patientId, rows, 'patient_id');
  if (wanted.room !== null) await lockRoom(tx, wanted.room);
  return { therapists: locked, patient };
}

function partyOf(id: number, rows: unknown, field: string): Party {
  const [row] = rows as { active: number }[];
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
  assertUnchanged(tx, appointmentView(current, tx.services.config.timeZone));
  return current;
}
