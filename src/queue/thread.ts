import { connectDatabase } from '../db/client.ts';
import { NO_WAKES } from '../live/wakes.ts';
import { createServices } from '../services.ts';
import { JOBS } from './registry.ts';
import { serveThread } from './serve-thread.ts';

// The entry of the service's worker threads.
serveThread(
  JOBS,
  async ({ config, secretKey, databaseUrl, poolSize }, { log, wakeRelay, announce, onBreaker }) => {
    const pool = connectDatabase(databaseUrl, poolSize);
    const wakes = { ...NO_WAKES, send: announce };
    const services = await createServices({ config, log, pool, secretKey, wakeRelay, wakes, onBreaker });
    const close = async () => {
      await services.tracing?.close();
      await pool.close();
    };
    return { services, close };
  },
);
