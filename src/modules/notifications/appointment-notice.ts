import { eq, inArray, sql } from 'drizzle-orm';
import type { Ctx } from '../../context.ts';
import { statements } from '../../db/statement.ts';
import { fullName } from '../../person.ts';
import { appointments } from '../appointments/tables.ts';
import { patients } from '../patients/tables.ts';
import { therapists } from '../therapists/tables.ts';
import { accountOf, recipientOf } from './recipients.ts';
import { notificationOptOuts } from './tables.ts';
import { together } from './together.ts';

const patient = accountOf('patient');
const therapist = accountOf('therapist');

const personColumns = <Table extends typeof patients | typeof therapists>(table: Table) => ({
  firstName: table.firstName,
  paternalLastName: table.paternalLastName,
  maternalLastName: table.maternalLastName,
  email: table.email,
  phone: table.phone,
});

const select = (db: Ctx['db']) =>
  db
    .select({
      appointment: {
        id: appointments.id,
        sequence: appointments.sequence,
        patientId: appointments.patientId,
        therapistId: appointments.therapistId,
        dateTime: appointments.dateTime,
        duration: appointments.duration,
        endsAt: appointments.endsAt,
        updatedAt: appointments.updatedAt,
        status: appointments.status,
        appointmentType: appointments.appointmentType,
        room: appointments.room,
      },
      patient: { ...personColumns(patients), phoneSecondary: patients.phoneSecondary },
      patientAccount: patient.columns,
      optedOut: notificationOptOuts.kinds,
      therapist: personColumns(therapists),
      therapistAccount: therapist.columns,
    })
    .from(appointments)
    .innerJoin(patients, eq(patients.id, appointments.patientId))
    .leftJoin(patient.account, patient.isOf(patients.userId))
    .leftJoin(patient.wishes, patient.hasWishes)
    .leftJoin(notificationOptOuts, eq(notificationOptOuts.patientId, patients.id))
    .innerJoin(therapists, eq(therapists.id, appointments.therapistId))
    .leftJoin(therapist.account, therapist.isOf(therapists.userId))
    .leftJoin(therapist.wishes, therapist.hasWishes);

type Row = Awaited<ReturnType<typeof select>>[number];

const byIds = statements((db, { count }: { count: number }) => {
  const ids = Array.from({ length: count }, (_, i) => sql.placeholder(`id${i}`));
  return select(db).where(inArray(appointments.id, ids));
});

const read = together<number, NotedAppointment | undefined>(async (ctx, ids) => {
  const values = Object.fromEntries(ids.map((id, i) => [`id${i}`, id]));
  const rows = await byIds(ctx.db, { count: ids.length }, values);
  const found = new Map(rows.map((row) => [row.appointment.id, row]));
  return ids.map((id) => {
    const row = found.get(id);
    return row && noted(row);
  });
});

/**
 * An appointment with all that telling of it needs, in one query; without its reason and notes, which stay here.
 * @throws Error when there is none
 */
export async function appointmentNotice(ctx: Ctx, id: number): Promise<NotedAppointment> {
  const found = await read(ctx, id);
  if (!found) throw new Error('the appointment to tell of does not exist');
  return found;
}

function noted({ appointment, ...people }: Row) {
  return {
    ...appointment,
    patientName: fullName(people.patient),
    therapistName: fullName(people.therapist),
    patient: recipientOf(
      { patientId: appointment.patientId },
      people.patient,
      [people.patient.phone, people.patient.phoneSecondary],
      people.patientAccount,
      people.optedOut ?? [],
    ),
    therapist: recipientOf(
      { therapistId: appointment.therapistId },
      people.therapist,
      [people.therapist.phone],
      people.therapistAccount,
    ),
  };
}

/** What the texts and the calendar entry of an appointment are made from, and who may be told. */
export type NotedAppointment = ReturnType<typeof noted>;
