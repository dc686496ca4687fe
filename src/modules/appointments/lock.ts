import { and, asc, eq, inArray, sql } from 'drizzle-orm';
import { visible } from '../../access/ownership.ts';
import type { Ctx } from '../../context.ts';
import { statement } from '../../db/statement.ts';
import { InvalidField, notFound } from '../../errors.ts';
import { assertUnchanged } from '../../http/etag.ts';
import { fullNameOf } from '../../person.ts';
import { priceOfType } from '../billing/price.ts';
import { patients } from '../patients/tables.ts';
import { therapists } from '../therapists/tables.ts';
import { findAppointment, showAppointment } from './find.ts';
import { appointments, rooms } from './tables.ts';
import type { AppointmentRow } from './view.ts';

/** Who meets, and where. */
export type Wanted = {
  therapistId: number;
  /** The therapist that an appointment moves away from. */
  from?: number;
  patientId: number;
  room: string | null;
  appointmentType?: string | null;
};

const UNKNOWN = { es: 'No existe.', en: 'Does not exist.' };

const lockBoth = statement((db) =>
  db
    .select({
      therapistId: therapists.id,
      therapistActive: sql<number>`${therapists.isActive} and ${therapists.deletedAt} is null`,
      availabilityVersion: therapists.availabilityVersion,
      therapist: { fullName: fullNameOf(therapists) },
      patientActive: sql<number>`${patients.deletedAt} is null`,
      patient: { fullName: fullNameOf(patients), documentNumber: patients.documentNumber },
      price: priceOfType(db),
    })
    .from(therapists)
    .innerJoin(patients, eq(patients.id, sql.placeholder('patientId')))
    .where(inArray(therapists.id, [sql.placeholder('therapistId'), sql.placeholder('from')]))
    .orderBy(asc(therapists.id))
    .for('update'),
);

/** A room is known from its first booking on. */
const lockRoom = statement((db) =>
  db
    .insert(rooms)
    .values({ name: sql`${sql.placeholder('room')}` })
    .onDuplicateKeyUpdate({ set: { name: sql`${rooms.name}` } }),
);

/**
 * Locks all that a booking may collide on, in one packet and a fixed order (patient and therapists, then room), so
 * that two bookings wait for each other; a deadlock of a booking with a move is tried again by `transaction`. Returns
 * both sides with their names, the version of the therapist's availability, and the price of the appointment type. What
 * is read of `tx.db` by a plain `statement` at the same time travels behind the locks.
 * @throws InvalidField against `therapist_id` or `patient_id` when there is no such record
 */
export async function lockParties(tx: Ctx, wanted: Wanted) {
  const { therapistId, from = therapistId, patientId, room, appointmentType = '' } = wanted;
  const [rows] = await Promise.all([
    lockBoth(tx.db, { therapistId, from, patientId, appointmentType }),
    room === null ? null : lockRoom(tx.db, { room }),
  ]);
  const row = rows.find((one) => one.therapistId === therapistId);
  if (!row) throw new InvalidField(await missingField(tx, patientId), UNKNOWN);
  return {
    therapist: { id: therapistId, active: row.therapistActive === 1, ...row.therapist },
    patient: { id: patientId, active: row.patientActive === 1, ...row.patient },
    availabilityVersion: row.availabilityVersion,
    price: row.price,
  };
}

async function missingField(tx: Ctx, patientId: number): Promise<string> {
  const [patient] = await tx.db.select({ id: patients.id }).from(patients).where(eq(patients.id, patientId));
  return patient ? 'therapist_id' : 'patient_id';
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
