import { defineJob } from '../../queue/define.ts';
import { AppointmentEvent } from './appointment-event.ts';
import { UserNotice } from './user-notice.ts';

/** Tells the people concerned what happened to an appointment; one run of the job per event. */
export const notifyAppointment = defineJob({
  name: 'notify-appointment',
  queue: 'notifications',
  data: AppointmentEvent,
  handler: () => import('./notify-appointment.ts'),
});

/** Tells one person that what they asked for is done. */
export const sendUserNotice = defineJob({
  name: 'notify-user',
  queue: 'notifications',
  data: UserNotice,
  handler: () => import('./send-user-notice.ts'),
});
