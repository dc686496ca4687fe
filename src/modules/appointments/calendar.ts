import ical, { ICalCalendarMethod, ICalEventStatus } from 'ical-generator';
import type { Ctx } from '../../context.ts';
import { findAppointment } from './find.ts';
import type { AppointmentRow } from './view.ts';

/** Appointments as iCalendar (RFC 5545); times are UTC, so that every calendar shows its owner's own. */
export function calendarOf(ctx: Ctx, name: string, rows: readonly AppointmentRow[]): string {
  const { clinicName, publicUrl } = ctx.services.config;
  const host = publicUrl ? new URL(publicUrl).hostname : 'localhost';
  const calendar = ical({
    name,
    prodId: { company: 'Backend-Optimizacion', product: 'clinic', language: 'ES' },
    method: ICalCalendarMethod.PUBLISH,
  });
  for (const row of rows) {
    calendar.createEvent({
      id: `appointment-${row.id}@${host}`,
      sequence: row.sequence,
      start: new Date(row.dateTime.epochMilliseconds),
      end: new Date(row.endsAt.epochMilliseconds),
      stamp: new Date(row.updatedAt.epochMilliseconds),
      summary: `${row.appointmentType ?? 'Cita'} · ${row.therapist.fullName}`,
      description: [`Paciente: ${row.patient.fullName}`, row.reason].filter(Boolean).join('\n'),
      location: row.room ? `${clinicName}, ${row.room}` : clinicName,
      status:
        row.status === 'cancelled'
          ? ICalEventStatus.CANCELLED
          : row.status === 'pending'
            ? ICalEventStatus.TENTATIVE
            : ICalEventStatus.CONFIRMED,
    });
  }
  return calendar.toString();
}

/** One appointment as an iCalendar file. @throws AppError NOT_FOUND */
export async function calendarFile(ctx: Ctx, id: number): Promise<string> {
  return calendarOf(ctx, ctx.services.config.clinicName, [await findAppointment(ctx, id)]);
}
