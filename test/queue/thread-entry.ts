import type { Services } from '../../src/context.ts';
import { serveThread } from '../../src/queue/serve-thread.ts';
import { THREAD_JOBS } from './thread-jobs.ts';

serveThread(THREAD_JOBS, async (start, { log, wakeRelay }) => {
  // these jobs use nothing else
  const services = { config: start.config, log, wakeRelay } as Services;
  return { services, close: () => Promise.resolve() };
});
