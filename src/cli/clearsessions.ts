import { systemCtx } from '../context.ts';
import { clearEndedSessions } from '../modules/auth/sessions.ts';
import { defineCommand } from './command.ts';
import { withRuntime } from './runtime.ts';

export const command = defineCommand({
  notes: 'Expired and closed sessions are of no more use; nobody is signed out. Run it once a day or week.',
  run: () =>
    withRuntime(async ({ services }) => {
      const cleared = await clearEndedSessions(systemCtx(services, 'clearsessions'));
      process.stdout.write(`${cleared} ended sessions deleted.\n`);
    }),
});
