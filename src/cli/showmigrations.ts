import { migrationStatus } from '../db/migrate.ts';
import { defineCommand } from './command.ts';
import { withRuntime } from './runtime.ts';

export const command = defineCommand({
  notes: '[X] is applied, [ ] is not.',
  run: () =>
    withRuntime(async ({ databaseUrl }) => {
      const migrations = await migrationStatus(databaseUrl);
      process.stdout.write(
        migrations.map(({ name, applied }) => `[${applied ? 'X' : ' '}] ${name}\n`).join(''),
      );
    }),
});
