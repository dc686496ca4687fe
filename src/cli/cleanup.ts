import { systemCtx } from '../context.ts';
import { cleanUp, failuresOf } from '../modules/maintenance/clean-up.ts';
import { aligned, defineCommand } from './command.ts';
import { withRuntime } from './runtime.ts';

/** Something could not be cleaned; the exit code tells a script. */
class NotCleaned extends Error {}

export const command = defineCommand({
  options: { 'dry-run': { type: 'boolean', about: 'Only counts what would go' } },
  notes:
    'The service does the same every night at 03:00, clinic time. It works in small batches beside the requests.',
  run: async (values) => {
    const dryRun = values['dry-run'] ?? false;
    await withRuntime(async ({ services }) => {
      const report = await cleanUp(systemCtx(services, 'cleanup'), { dryRun });
      const lines = Object.entries(report).map(([name, result]): [string, string] => [name, String(result)]);
      process.stdout.write(`${dryRun ? 'Would go:' : 'Gone:'}\n${aligned(lines).join('\n')}\n`);
      const failed = failuresOf(report);
      if (failed.length > 0) throw new NotCleaned(`Not cleaned: ${failed.join(', ')}.`);
    });
  },
});
