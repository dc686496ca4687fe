import ical, {
  ICalAttendeeStatus,
  type ICalCalendar,
  ICalCalendarMethod,
  ICalEvent,
  ICalEventStatus,
} from 'ical-generator';
import type { Ctx } from '../../context.ts';
import { clinicName } from '../company/profile.ts';
import { findAppointment } from './find.ts';
import { folded } from './fold.ts';
import type { Status } from './status.ts';
import type { AppointmentRow } from './view.ts';

/** What a calendar is told of an appointment. `summary` and `description` are for the calendar's owner alone. */
export type CalendarEvent = {
  id: number;
  sequence: number;
  dateTime: Temporal.Instant;
  endsAt: Temporal.Instant;
  updatedAt: Temporal.Instant;
  status: Status;
  room: string | null;
  summary: string;
  description: string | null;
};

type Options = {
  /** After how long a calendar that is subscribed to is read again. */
  ttlSeconds?: number;
  /** For a message that tells one person of one event. */
  invitation?: {
    method: 'REQUEST' | 'CANCEL';
    organizer: { name: string; email: string };
    attendee: { name: string; email: string };
  };
};

/** Appointments at a clinic as iCalendar (RFC 5545); times are UTC, so that every calendar shows its owner's own. */
export function iCalendar(
  ctx: Ctx,
  clinic: string,
  events: readonly CalendarEvent[],
  { ttlSeconds, invitation }: Options = {},
): string {
  const { publicUrl } = ctx.services.config;
  const host = publicUrl ? new URL(publicUrl).hostname : 'localhost';
  const { calendar, frame } = frameOf(clinic, invitation?.method ?? 'PUBLISH', ttlSeconds);
  const entries = events.map(
    (event) =>
      new ICalEvent(
        {
          id: `appointment-${event.id}@${host}`,
          sequence: event.sequence,
          start: new Date(event.dateTime.epochMilliseconds),
          end: new Date(event.endsAt.epochMilliseconds),
          stamp: new Date(event.updatedAt.epochMilliseconds),
          summary: event.summary,
          description: event.description,
          location: event.room ? `${clinic}, ${event.room}` : clinic,
          status: STATUS[event.status] ?? ICalEventStatus.CONFIRMED,
          ...(invitation
            ? {
                organizer: invitation.organizer,
                attendees: [{ ...invitation.attendee, status: ICalAttendeeStatus.ACCEPTED }],
              }
            : {}),
        },
        calendar,
      ),
  );
  // Folded here: the library makes an encoder for each sign, which took most of a calendar's time.
  return frame.replace(/END:VCALENDAR$/, (end) => `${folded(entries.join(''))}${end}`);
}

type Method = keyof typeof ICalCalendarMethod;

/** A calendar without events, in writing too: there are only as many as the clinic has had names. */
const frames = new Map<string, { calendar: ICalCalendar; frame: string }>();

function frameOf(clinic: string, method: Method, ttlSeconds: number | undefined) {
  const key = JSON.stringify([clinic, method, ttlSeconds]);
  const known = frames.get(key);
  if (known) return known;
  const calendar = ical({
    name: clinic,
    prodId: { company: 'Backend-Optimizacion', product: 'clinic', language: 'ES' },
    method: ICalCalendarMethod[method],
    ...(ttlSeconds === undefined ? {} : { ttl: ttlSeconds }),
  });
  const made = { calendar, frame: calendar.toString() };
  frames.set(key, made);
  return made;
}

const STATUS: Partial<Record<Status, ICalEventStatus>> = {
  pending: ICalEventStatus.TENTATIVE,
  cancelled: ICalEventStatus.CANCELLED,
};

/** How an appointment is headed: its type, and whom the calendar's owner will meet. */
export const summaryOf = (appointmentType: string | null, other: string): string =>
  `${appointmentType ?? 'Cita'} · ${other}`;

/** Appointments with all that is known of them, for those who may read them. */
export const calendarOf = (ctx: Ctx, clinic: string, rows: readonly AppointmentRow[]): string =>
  iCalendar(
    ctx,
    clinic,
    rows.map((row) => ({
      ...row,
      summary: summaryOf(row.appointmentType, row.therapist.fullName),
      description: [`Paciente: ${row.patient.fullName}`, row.reason].filter(Boolean).join('\n'),
    })),
  );

/** One appointment as an iCalendar file. @throws AppError NOT_FOUND */
export async function calendarFile(ctx: Ctx, id: number): Promise<string> {
  return calendarOf(ctx, await clinicName(ctx), [await findAppointment(ctx, id)]);
}
