import type * as v from 'valibot';
import type { JobHandler } from '../../queue/define.ts';
import type { notifyAppointment } from './jobs.ts';

/** Tells the people concerned by all their channels what happened to an appointment. */
export const handle: JobHandler<v.InferOutput<(typeof notifyAppointment)['data']>> = async () => {
  throw new Error('not built yet');
};
