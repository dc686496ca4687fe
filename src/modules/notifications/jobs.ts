import * as v from 'valibot';
import { defineJob } from '../../queue/define.ts';
import { STATUSES } from '../appointments/status.ts';

/** Tells the people concerned what happened to an appointment; one run of the job per event. */
export const notifyAppointment = defineJob({
  name: 'notify-appointment',
  queue: 'notifications',
  data: v.object({
    appointmentId: v.number(),
    event: v.picklist(['booked', 'moved', 'status_changed', 'cancelled']),
    /** The state it entered, for `status_changed`: by the time the job runs it may have another. */
    status: v.optional(v.picklist(STATUSES)),
  }),
  handler: () => import('./notify-appointment.ts'),
});
