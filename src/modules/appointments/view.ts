import { eq } from 'drizzle-orm';
import type { Ctx } from '../../context.ts';
import { fullNameOf } from '../../person.ts';
import { formatInstant } from '../../time.ts';
import { tickets } from '../billing/tables.ts';
import { patients } from '../patients/tables.ts';
import { therapists } from '../therapists/tables.ts';
import { statusLabels } from './status-labels.ts';
import { appointments } from './tables.ts';

/** The columns an appointment is shown with. */
const columns = {
  id: appointments.id,
  patientId: appointments.patientId,
  therapistId: appointments.therapistId,
  dateTime: appointments.dateTime,
  duration: appointments.duration,
  endsAt: appointments.endsAt,
  status: appointments.status,
  appointmentType: appointments.appointmentType,
  room: appointments.room,
  reason: appointments.reason,
  notes: appointments.notes,
  price: appointments.price,
  createdBy: appointments.createdBy,
  createdAt: appointments.createdAt,
  updatedAt: appointments.updatedAt,
  sequence: appointments.sequence,
  patient: { fullName: fullNameOf(patients), documentNumber: patients.documentNumber },
  therapist: { fullName: fullNameOf(therapists) },
  ticket: {
    id: tickets.id,
    ticketNumber: tickets.ticketNumber,
    status: tickets.status,
    amount: tickets.amount,
  },
};

/**
 * SELECT of appointments with all that is shown of them; the caller adds conditions and order. Foreign keys see to it
 * that patient and therapist exist: they are LEFT JOINs so that the database starts from the appointments and reads
 * a page off their index, whatever its statistics say.
 */
export const selectAppointments = (db: Ctx['db']) =>
  db
    .select(columns)
    .from(appointments)
    .leftJoin(patients, eq(patients.id, appointments.patientId))
    .leftJoin(therapists, eq(therapists.id, appointments.therapistId))
    .leftJoin(tickets, eq(tickets.appointmentId, appointments.id));

type Selected = Awaited<ReturnType<typeof selectAppointments>>[number];

export type AppointmentRow = Selected & {
  patient: NonNullable<Selected['patient']>;
  therapist: NonNullable<Selected['therapist']>;
};

/** Appointments as the contract has them; instants in the clinic's zone. */
export async function appointmentViews(ctx: Ctx, rows: readonly AppointmentRow[]) {
  return rows.map(await appointmentViewer(ctx));
}

/** What makes the view of a row, without asking the database again. */
export async function appointmentViewer(ctx: Ctx) {
  const labels = await statusLabels.get(ctx);
  const { timeZone } = ctx.services.config;
  return (row: AppointmentRow) => viewOf(row, labels, timeZone);
}

function viewOf(row: AppointmentRow, labels: ReadonlyMap<string, string>, timeZone: string) {
  return {
    id: row.id,
    patient_id: row.patientId,
    therapist_id: row.therapistId,
    date_time: formatInstant(row.dateTime, timeZone),
    duration: row.duration,
    ends_at: formatInstant(row.endsAt, timeZone),
    status: row.status,
    status_label: labels.get(row.status) ?? row.status,
    appointment_type: row.appointmentType,
    room: row.room,
    reason: row.reason,
    notes: row.notes,
    price: row.price,
    ticket: row.ticket && {
      id: row.ticket.id,
      ticket_number: row.ticket.ticketNumber,
      status: row.ticket.status,
      amount: row.ticket.amount,
    },
    patient: {
      id: row.patientId,
      full_name: row.patient.fullName,
      document_number: row.patient.documentNumber,
    },
    therapist: { id: row.therapistId, full_name: row.therapist.fullName },
    created_by: row.createdBy,
    created_at: formatInstant(row.createdAt, timeZone),
    updated_at: formatInstant(row.updatedAt, timeZone),
  };
}
