import * as v from 'valibot';
import { defineJob } from '../../queue/define.ts';

/** Makes a report that is too long to wait for; the row of `exports` tells what of, and how far it is. */
export const makeReport = defineJob({
  name: 'make-report',
  queue: 'exports',
  data: v.object({ runId: v.number() }),
  eager: true,
  handler: () => import('./runs/make-report.ts'),
});
