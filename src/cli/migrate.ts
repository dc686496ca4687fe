import { systemCtx } from '../context.ts';
import { migrate } from '../db/migrate.ts';
import { ensureReferenceData } from '../db/reference-data.ts';
import { defineCommand } from './command.ts';
import { commandLog, withRuntime } from './runtime.ts';

export const command = defineCommand({
  notes:
    'Any number may run at once: they take turns. It also adds the reference data that is missing: the states of an\nappointment, the geography, the holidays, and what patients are found by, if an earlier version did not write it.',
  run: async () => {
    const log = commandLog('info');
    await withRuntime(async ({ databaseUrl, services }) => {
      await migrate(databaseUrl, log);
      await ensureReferenceData(systemCtx(services, 'migrate'));
    }, log);
    process.stdout.write('The database is up to date.\n');
  },
});
