import type { Logger } from 'pino';

/** Milliseconds that requests and jobs may take to finish once the process is asked to stop. */
const GRACE = 10_000;

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
    await stop(() => Math.max(0, deadline - Date.now()));
    log.info('stopped');
    log.flush();
    process.exit(0);
  };
  process.on('SIGTERM', () => void end('SIGTERM'));
  process.on('SIGINT', () => void end('SIGINT'));
}
