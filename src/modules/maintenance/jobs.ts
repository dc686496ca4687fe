import * as v from 'valibot';
import { defineJob } from '../../queue/define.ts';

/** Removes what is kept for a time only; scheduled at night. */
export const cleanUp = defineJob({
  name: 'clean-up',
  queue: 'cleanup',
  data: v.object({}),
  handler: () => import('./clean-up-job.ts'),
});

/** Mails the supervisors what happened last week; scheduled on Monday mornings. */
export const sendDigest = defineJob({
  name: 'send-digest',
  queue: 'notifications',
  data: v.object({}),
  handler: () => import('./send-digest.ts'),
});
