import type { Logger } from 'pino';
import { describeFailure } from '../queue/failure.ts';

/** Milliseconds that requests and jobs may take to finish once the process is asked to stop. */
const GRACE = 10_000;
/** After so many ms the process ends, whatever it still waits for: whoever stops it kills it soon after. */
const LIMIT = GRACE + 1_500;

/**
 * Runs `stop` at SIGTERM or SIGINT and ends the process; a second signal ends it at once. `stop` is told how many
 * milliseconds it still has.
 */
export function stopOnSignal(log: Logger, stop: (remaining: () => number) => Promise<void>): void {
  let stopping = false;
  const end = async (signal: string) => {
    if (stopping) process.exit(1);
    stopping = true;
    log.info({ signal }, 'stopping');
    const deadline = Date.now() + GRACE;
    const stopped = stop(() => Math.max(0, deadline - Date.now())).then(
      () => true,
      (error: unknown) => {
        log.error(describeFailure(error), 'a part could not be stopped');
        return false;
      },
    );
    const late = new Promise<boolean>((resolve) => setTimeout(resolve, LIMIT, false));
    const well = await Promise.race([stopped, late]);
    log[well ? 'info' : 'warn'](well ? 'stopped' : 'ended without waiting any longer');
    log.flush();
    process.exit(well ? 0 : 1);
  };
  process.on('SIGTERM', () => void end('SIGTERM'));
  process.on('SIGINT', () => void end('SIGINT'));
}
