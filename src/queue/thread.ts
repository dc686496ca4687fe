import { connectDatabase } from '../db/client.ts';
import { NO_WAKES } from '../live/wakes.ts';
import { startSealer } from '../modules/audit/seal.ts';
import { behindRequests } from '../pace.ts';
import { createServices } from '../services.ts';
import { JOBS } from './registry.ts';
import { serveThread } from './serve-thread.ts';

// The entry of the service's worker threads. Those of the clean-up queue seal the audit log, too.
serveThread(JOBS, async ({ config, secretKey, ...start }, { log, wakeRelay, announce, onBreaker }) => {
  const pool = connectDatabase(start.databaseUrl, start.poolSize);
  const pace = behindRequests(start.requestCount);
  const wakes = { ...NO_WAKES, send: announce };
  const services = await createServices({ config, log, pool, secretKey, wakeRelay, wakes, onBreaker, pace });
  const sealer = start.queue === 'cleanup' ? startSealer({ ...pool, log, secretKey }) : undefined;
  const close = async () => {
    await sealer?.stop();
    await services.tracing?.close();
    await pool.close();
  };
  return { services, close };
});
