import type { JobHandler } from '../../queue/define.ts';
import type { AppointmentEvent } from './appointment-event.ts';

/** Tells the people concerned by all their channels what happened to an appointment. */
export const handle: JobHandler<AppointmentEvent> = async () => {
  throw new Error('not built yet');
};
