import { type Background, startBackground } from '../background.ts';
import { parseConfig } from '../config.ts';
import { openRuntime } from '../runtime.ts';
import { createLogger } from '../services.ts';
import { defineCommand } from './command.ts';
import { stopOnSignal } from './stop.ts';

export const command = defineCommand({
  notes: 'Lets the running jobs finish when it gets SIGTERM.',
  run: async () => {
    const config = parseConfig(process.env);
    const log = createLogger(config);
    let background: Background | undefined;
    const runtime = await openRuntime(config, { wakeRelay: () => background?.wake() }, log);
    background = await startBackground(runtime);
    stopOnSignal(log, async (remaining) => {
      await background?.stop(remaining());
      await runtime.close();
    });
    log.info('working');
    log.flush();
  },
});
