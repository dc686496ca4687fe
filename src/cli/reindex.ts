import { systemCtx, transaction } from '../context.ts';
import { audit } from '../db/audit.ts';
import { sweepIndex } from '../db/search-sweep.ts';
import { patientSearch } from '../modules/patients/patient-search.ts';
import { reindexPatients } from '../modules/patients/reindex.ts';
import { defineCommand, UsageError } from './command.ts';
import { progress, secondsSince } from './progress.ts';
import { withRuntime } from './runtime.ts';

export const command = defineCommand({
  options: {
    from: {
      type: 'string',
      value: 'ID',
      about: 'Goes on where a run was interrupted, with the id that it told last',
    },
  },
  notes:
    'Writes what patients are searched by, and the index of it, anew from their records, the latest first; then removes\nfrom the index what no record has. The service may run meanwhile, and finds everybody all the time. Needed when records\nwere changed in the database by hand.',
  run: ({ from }) => {
    if (from !== undefined && !/^\d{1,15}$/.test(from))
      throw new UsageError('--from takes the id of a patient.');
    return withRuntime(async ({ services }) => {
      const ctx = systemCtx(services, 'reindex');
      const start = performance.now();
      const told = progress();
      const highest = from === undefined ? undefined : Number(from);
      const written = await reindexPatients(ctx, (id) => told('patients, down to the id', id), highest);
      const removed = await sweepIndex(ctx, patientSearch, told);
      const after = { ...written, rows_removed: removed.rows, words_removed: removed.words };
      await transaction(ctx, (tx) =>
        audit(tx, { action: 'reindex', entity: 'search_index', entityId: 'patients', after }),
      );
      process.stdout.write(
        `${written.patients} patients indexed in ${secondsSince(start)}; ${written.texts} texts were not as they should be. Removed: ${removed.rows} words of records that do not have them, ${removed.words} words that nobody has.\n`,
      );
    });
  },
});
