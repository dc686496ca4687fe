import * as v from 'valibot';
import { defineJob } from '../../queue/define.ts';

/** Imports the patients of a file that was handed in; one run per file, which goes on where an earlier one ended. */
export const importPatients = defineJob({
  name: 'import-patients',
  queue: 'imports',
  data: v.object({ importId: v.number() }),
  handler: () => import('./import/import-patients.ts'),
});
