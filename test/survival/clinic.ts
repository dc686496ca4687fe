import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { startEmbeddedDatabase } from '../../src/embedded/database.ts';
import { findProcess } from '../../src/embedded/processes.ts';
import { migrate } from '../../src/db/migrate.ts';
import type { BackendSpec } from '../../src/queue/backend.ts';
import { startTestApp } from '../harness.ts';
import { brokerPid, freePort, silent, startRedis, tempDir } from '../queue/engines.ts';
import { until } from '../queue/until.ts';
import type { startStandIns } from './stand-ins.ts';

export type EngineName = 'bunqueue' | 'bullmq';
export const BLOWS = ['process', 'thread', 'engine', 'database'] as const;
export type Blow = (typeof BLOWS)[number];
export type Clinic = Awaited<ReturnType<typeof openClinic<Awaited<ReturnType<typeof startStandIns>>>>>;

/** What stands in for the providers: the settings that lead the service to them. */
type Providers = { env: Record<string, string>; close: () => Promise<void> };

/** Where the service's own broker listens. */
const brokerSpec = (dir: string): BackendSpec => ({
  kind: 'bunqueue',
  ...JSON.parse(readFileSync(join(dir, 'queue', 'endpoint.json'), 'utf8')),
});

const SERVICE = join(import.meta.dir, 'service.ts');
const KEY = 'a key for tests only, of 32 characters or more';

const kill = (pid: number | undefined) => {
  if (pid !== undefined) process.kill(pid, 'SIGKILL');
};

/** A whole service on a database and a queue engine of its own, each of which can be killed. */
export async function openClinic<Stand extends Providers>(engineName: EngineName, standIns: Stand) {
  const dir = tempDir();
  const database = await startEmbeddedDatabase({ dataDir: dir, log: silent });
  await migrate(database.url, silent);
  const redis = engineName === 'bullmq' ? await startRedis() : undefined;
  const app = await startTestApp({}, undefined, {
    url: database.url,
    adminUrl: database.url,
    name: 'clinic',
  });
  const port = freePort();
  const url = `http://127.0.0.1:${port}`;
  const state: { child: Bun.Subprocess | undefined } = { child: undefined };

  const start = async () => {
    state.child = Bun.spawn([process.execPath, SERVICE], {
      env: {
        PATH: process.env['PATH'],
        HOME: process.env['HOME'],
        DATABASE_URL: database.url,
        SECRET_KEY: KEY,
        STORAGE_DIR: dir,
        PORT: String(port),
        LOG_LEVEL: 'warn',
        LOG_FILE: join(dir, 'service.log'),
        ...(redis && redis.spec.kind === 'bullmq' ? { REDIS_URL: redis.spec.url } : {}),
        ...standIns.env,
      },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    await until('the service', isReady, 60_000);
  };
  const isReady = () =>
    fetch(`${url}/health/ready/`, { signal: AbortSignal.timeout(3_000) }).then(
      ({ ok }) => ok,
      () => false,
    );
  /** Strikes, and brings back what does not come back by itself. */
  const strike: Record<Blow, () => Promise<void>> = {
    process: async () => {
      kill(state.child?.pid);
      await state.child?.exited;
      await start();
    },
    thread: async () => void process.kill(state.child?.pid ?? 0, 'SIGUSR2'),
    engine: async () => {
      if (!redis) return kill(brokerPid(dir)); // the service starts it again
      await redis.crash();
      await Bun.sleep(500);
      await redis.revive();
    },
    // started again by its supervisor in this process
    database: async () => kill(findProcess(`--pid-file=${join(dir, 'mysql', 'server.pid')}`)),
  };

  await start();
  return {
    app,
    pid: () => state.child?.pid ?? 0,
    spec: redis?.spec ?? brokerSpec(dir),
    url,
    dir,
    standIns,
    strike: (blow: Blow) => strike[blow](),
    untilReady: () => until('the service to be ready', isReady, 60_000),
    close: async () => {
      state.child?.kill('SIGTERM');
      await state.child?.exited;
      await app.close();
      await standIns.close();
      await redis?.stop();
      await database.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
