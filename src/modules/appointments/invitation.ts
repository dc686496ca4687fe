import type { Ctx } from '../../context.ts';
import { type CalendarEvent, iCalendar } from './calendar.ts';

/** An iCalendar message that a mail program enters into its owner's calendar by itself (RFC 5546, RFC 6047). */
export type Invitation = { method: 'REQUEST' | 'CANCEL'; filename: string; content: string };

/** The address of a `From` such as `Clinic <no-reply@clinic.example>`. */
const addressOf = (from: string): string => /<([^<>]+)>\s*$/.exec(from)?.[1] ?? from.trim();

/**
 * An appointment for somebody's own calendar, which knows it again by its UID and takes the newest by its sequence; a
 * cancelled one is taken out.
 */
export function invitationTo(
  ctx: Ctx,
  clinicName: string,
  event: CalendarEvent,
  attendee: { name: string; email: string | null },
): Invitation {
  const method = event.status === 'cancelled' ? 'CANCEL' : 'REQUEST';
  const organizer = { name: clinicName, email: addressOf(ctx.services.config.mailFrom) };
  return {
    method,
    filename: `cita-${event.id}.ics`,
    content: iCalendar(ctx, clinicName, [event], {
      invitation: {
        method,
        organizer,
        attendee: { name: attendee.name, email: attendee.email ?? organizer.email },
      },
    }),
  };
}
