import type { Services } from '../../src/context.ts';
import { serveThread } from '../../src/queue/serve-thread.ts';
import { THREAD_JOBS } from './thread-jobs.ts';

serveThread(THREAD_JOBS, async (start, { log, wakeRelay }) => {
  // these jobs use nothing else
  const db = { execute: () => Promise.resolve([]) } as unknown as Services['db'];
  const services = { config: start.config, log, wakeRelay, db } as Services;
  return { services, close: () => Promise.resolve() };
});
