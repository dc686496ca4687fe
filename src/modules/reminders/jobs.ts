import * as v from 'valibot';
import { defineJob } from '../../queue/define.ts';

/** Decides which reminders are due; scheduled every minute. */
export const remindPatients = defineJob({
  name: 'remind-patients',
  queue: 'cleanup',
  data: v.object({}),
  handler: () => import('./remind-patients.ts'),
});

/** Sends one reminder that was decided. */
export const sendReminder = defineJob({
  name: 'send-reminder',
  queue: 'notifications',
  data: v.object({ reminderId: v.number() }),
  handler: () => import('./send-reminder.ts'),
});
