import { connectDatabase } from '../db/client.ts';
import { createServices } from '../services.ts';
import { JOBS } from './registry.ts';
import { serveThread } from './serve-thread.ts';

// The entry of the service's worker threads.
serveThread(JOBS, async ({ config, secretKey, databaseUrl, poolSize }, { log, wakeRelay }) => {
  const pool = connectDatabase(databaseUrl, poolSize);
  return { services: await createServices({ config, log, pool, secretKey, wakeRelay }), close: pool.close };
});
