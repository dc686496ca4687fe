import * as v from 'valibot';
import { STATUSES } from '../appointments/status.ts';

/** What happened to an appointment: the payload of the job that tells of it. */
export const AppointmentEvent = v.object({
  appointmentId: v.number(),
  event: v.picklist(['booked', 'moved', 'status_changed', 'cancelled']),
  /** The state it entered, for `status_changed`: by the time the job runs it may have another. */
  status: v.optional(v.picklist(STATUSES)),
});
export type AppointmentEvent = v.InferOutput<typeof AppointmentEvent>;
