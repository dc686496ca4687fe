import { type Background, backgroundProbes, startBackground } from '../background.ts';
import { parseConfig } from '../config.ts';
import { openRuntime } from '../runtime.ts';
import { createLogger } from '../services.ts';
import { defineCommand } from './command.ts';
import { stopOnSignal } from './stop.ts';
import { serveHealth } from './worker-health.ts';

export const command = defineCommand({
  notes:
    'Lets the running jobs finish when it gets SIGTERM, for ten seconds at most. WORKER_HEALTH_PORT shows how it is.',
  run: async () => {
    const config = parseConfig(process.env);
    const log = createLogger(config);
    let background: Background | undefined;
    const runtime = await openRuntime(config, { wakeRelay: () => background?.wake() }, log);
    background = await startBackground(runtime);
    const health = serveHealth(
      config,
      backgroundProbes(() => background),
    );
    stopOnSignal(log, async (remaining) => {
      await health?.stop(true);
      await background?.stop(remaining());
      await runtime.close();
    });
    log.info('working');
    log.flush();
  },
});
