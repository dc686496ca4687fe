import * as v from 'valibot';
import { defineJob } from '../../queue/define.ts';

/** Decides which reminders are due; scheduled every minute. */
export const remindPatients = defineJob({
  name: 'remind-patients',
  queue: 'cleanup',
  data: v.object({}),
  handler: () => import('./remind-patients.ts'),
});

/** Sends one reminder that was decided; what has just happened is told first. */
export const sendReminder = defineJob({
  name: 'send-reminder',
  queue: 'notifications',
  priority: 20,
  data: v.object({ reminderId: v.number() }),
  handler: () => import('./send-reminder.ts'),
});
