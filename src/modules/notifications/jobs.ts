import * as v from 'valibot';
import { defineJob } from '../../queue/define.ts';
import { AppointmentEvent } from './appointment-event.ts';

/** Tells the people concerned what happened to an appointment; one run of the job per event. */
export const notifyAppointment = defineJob({
  name: 'notify-appointment',
  queue: 'notifications',
  data: AppointmentEvent,
  handler: () => import('./notify-appointment.ts'),
});

/** Tells who handed in a file of patients what became of it. */
export const notifyImport = defineJob({
  name: 'notify-import',
  queue: 'notifications',
  data: v.object({ importId: v.number() }),
  handler: () => import('./notify-import.ts'),
});
