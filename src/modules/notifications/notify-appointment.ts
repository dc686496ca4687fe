import type { Ctx } from '../../context.ts';
import type { JobHandler } from '../../queue/define.ts';
import { summaryOf } from '../appointments/calendar.ts';
import { type Invitation, invitationTo } from '../appointments/invitation.ts';
import type { AppointmentEvent } from './appointment-event.ts';
import { appointmentNotice, type NotedAppointment } from './appointment-notice.ts';
import { namedConfig } from './brand.ts';
import { cancellationToPatient, cancellationToTherapist } from './messages/appointment-cancellation.ts';
import { appointmentConfirmation } from './messages/appointment-confirmation.ts';
import { type AppointmentFacts, appointmentFacts } from './messages/appointment-facts.ts';
import { appointmentStatus } from './messages/appointment-status.ts';
import type { Content } from './messages/content.ts';
import { notify } from './notify.ts';
import type { Recipient } from './recipients.ts';
import type { Notice } from './record.ts';

/** Tells the people concerned by all their channels what happened to an appointment. */
export const handle: JobHandler<AppointmentEvent> = async (ctx, event, run) => {
  const appointment = await appointmentNotice(ctx, event.appointmentId);
  await notify(ctx, run, await noticesOf(ctx, event, appointment));
};

async function noticesOf(
  ctx: Ctx,
  { event, status }: AppointmentEvent,
  appointment: NotedAppointment,
): Promise<Notice[]> {
  const { patient, therapist } = appointment;
  const config = await namedConfig(ctx);
  const notice = (
    kind: Notice['kind'],
    recipient: Recipient,
    content: (facts: AppointmentFacts) => Content,
  ): Notice => ({
    kind,
    recipient,
    content: content(appointmentFacts(config, appointment, recipient.language)),
  });
  const invitation = () => invitationOf(ctx, config.clinicName, appointment);

  switch (event) {
    case 'booked':
      return [
        { ...notice('appointment_confirmation', patient, appointmentConfirmation), invitation: invitation() },
      ];
    case 'moved':
      return [
        {
          ...notice('appointment_status', patient, (facts) => appointmentStatus(facts, undefined)),
          invitation: invitation(),
        },
      ];
    case 'status_changed':
      return [notice('appointment_status', patient, (facts) => appointmentStatus(facts, status))];
    case 'cancelled': {
      const kind = 'appointment_cancellation';
      return [
        { ...notice(kind, patient, cancellationToPatient), invitation: invitation() },
        notice(kind, therapist, cancellationToTherapist),
      ];
    }
  }
}

/** The patient's calendar entry: with whom, when and where, not what for. */
const invitationOf = (ctx: Ctx, clinicName: string, appointment: NotedAppointment): Invitation =>
  invitationTo(
    ctx,
    clinicName,
    {
      ...appointment,
      summary: summaryOf(appointment.appointmentType, appointment.therapistName),
      description: null,
    },
    appointment.patient,
  );
