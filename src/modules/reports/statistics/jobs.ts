import * as v from 'valibot';
import { defineJob } from '../../../queue/define.ts';

/** Sums up the days that are over or have changed; scheduled every few minutes. */
export const sumUpDays = defineJob({
  name: 'sum-up-days',
  queue: 'cleanup',
  data: v.object({}),
  handler: () => import('./sum-up-days.ts'),
});
