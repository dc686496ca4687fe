import type { Ctx } from '../../context.ts';
import type { JobHandler } from '../../queue/define.ts';
import { calendarOf } from '../appointments/calendar.ts';
import { findAppointment } from '../appointments/find.ts';
import type { AppointmentRow } from '../appointments/view.ts';
import type { AppointmentEvent } from './appointment-event.ts';
import type { Attachment } from './channels/channel.ts';
import { cancellationToPatient, cancellationToTherapist } from './messages/appointment-cancellation.ts';
import { appointmentConfirmation } from './messages/appointment-confirmation.ts';
import { type AppointmentFacts, appointmentFacts } from './messages/appointment-facts.ts';
import { appointmentStatus } from './messages/appointment-status.ts';
import type { Content } from './messages/content.ts';
import { notify } from './notify.ts';
import { patientRecipient, type Recipient, therapistRecipient } from './recipients.ts';
import type { Notice } from './record.ts';

/** Tells the people concerned by all their channels what happened to an appointment. */
export const handle: JobHandler<AppointmentEvent> = async (ctx, event, run) => {
  const appointment = await findAppointment(ctx, event.appointmentId);
  await notify(ctx, run, await noticesOf(ctx, event, appointment));
};

async function noticesOf(
  ctx: Ctx,
  { event, status }: AppointmentEvent,
  appointment: AppointmentRow,
): Promise<Notice[]> {
  const patient = await patientRecipient(ctx, appointment.patientId);
  const notice = (
    kind: Notice['kind'],
    recipient: Recipient,
    content: (facts: AppointmentFacts) => Content,
    attachments: readonly Attachment[],
  ): Notice => ({
    kind,
    recipient,
    content: content(appointmentFacts(ctx.services.config, appointment, recipient.language)),
    attachments,
  });

  switch (event) {
    case 'booked':
      return [
        notice('appointment_confirmation', patient, appointmentConfirmation, calendar(ctx, appointment)),
      ];
    case 'moved':
    case 'status_changed': {
      const changed = event === 'moved' ? calendar(ctx, appointment) : [];
      return [notice('appointment_status', patient, (facts) => appointmentStatus(facts, status), changed)];
    }
    case 'cancelled': {
      const therapist = await therapistRecipient(ctx, appointment.therapistId);
      const kind = 'appointment_cancellation';
      return [
        notice(kind, patient, cancellationToPatient, calendar(ctx, appointment)),
        notice(kind, therapist, cancellationToTherapist, []),
      ];
    }
  }
}

/** The appointment for the recipient's own calendar, which knows it again by its UID; without the reason for it. */
function calendar(ctx: Ctx, appointment: AppointmentRow): Attachment[] {
  const row = { ...appointment, reason: null };
  return [
    {
      filename: `cita-${appointment.id}.ics`,
      contentType: 'text/calendar; charset=utf-8; method=PUBLISH',
      content: calendarOf(ctx, ctx.services.config.clinicName, [row]),
    },
  ];
}
