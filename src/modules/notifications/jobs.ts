import { defineJob } from '../../queue/define.ts';
import { AppointmentEvent } from './appointment-event.ts';

/** Tells the people concerned what happened to an appointment; one run of the job per event. */
export const notifyAppointment = defineJob({
  name: 'notify-appointment',
  queue: 'notifications',
  data: AppointmentEvent,
  handler: () => import('./notify-appointment.ts'),
});
