import * as v from 'valibot';
import { defineJob } from '../../queue/define.ts';

/** Names the row of the access: the payload of the job that tells of it. */
export const EmergencyAccessEvent = v.object({ accessId: v.number() });
export type EmergencyAccessEvent = v.InferOutput<typeof EmergencyAccessEvent>;

/** Tells the administrators that a therapist opened a patient's records in an emergency. */
export const notifyEmergencyAccess = defineJob({
  name: 'notify-emergency-access',
  queue: 'notifications',
  data: EmergencyAccessEvent,
  handler: () => import('./notify-emergency-access.ts'),
});
