import { existsSync } from 'node:fs';
import mysql from 'mysql2/promise';
import type { Logger } from 'pino';
import { ensureServer, type ServerBinary } from './binaries.ts';
import { initialise } from './initialise.ts';
import { prepareLayout, type Layout } from './layout.ts';
import { exclusively, takeLease, type Lease } from './lease.ts';
import {
  findRunning,
  isRunning,
  launch,
  signal,
  terminate,
  untilReady,
  type RunningServer,
} from './server.ts';

/** The private database server. It is shared by all our processes on one data directory; the last `stop` ends it. */
export type EmbeddedDatabase = {
  url: string;
  kind: 'mariadb' | 'mysql';
  version: string;
  stop: () => Promise<void>;
};

type Options = {
  /** The service's data directory; the database lives in its `mysql` folder. */
  dataDir: string;
  log: Pick<Logger, 'info' | 'warn' | 'error'>;
  /** Further server arguments; tests trade durability for speed with them. */
  tuning?: string[];
};

type Site = Required<Options> & { binary: ServerBinary; layout: Layout };

/**
 * Starts the embedded default, or joins the server that already runs on this data directory (of another process of
 * ours, or left by one that crashed). A server that dies is started again until `stop`.
 * @throws EmbeddedServiceError when this machine has no server, or the server does not start.
 */
export async function startEmbeddedDatabase({
  dataDir,
  log,
  tuning = [],
}: Options): Promise<EmbeddedDatabase> {
  const layout = prepareLayout(dataDir);
  const site: Site = { dataDir, log, tuning, layout, binary: await ensureServer(log) };
  const { lease, server } = await exclusively(layout.mutex, async () => {
    const lease = takeLease(layout.leases);
    try {
      return { lease, server: await bringUp(site) };
    } catch (error) {
      await leave(site, lease);
      throw error;
    }
  });
  return {
    url: `mysql://root@localhost/clinic?socket=${encodeURIComponent(layout.socket).replaceAll('%2F', '/')}`,
    kind: server.version.includes('MariaDB') ? 'mariadb' : 'mysql',
    version: server.version,
    stop: keepRunning(site, lease, server.pid),
  };
}

/** Called inside the mutex only: at most one process starts or stops a data directory's server at a time. */
async function bringUp({ binary, layout, log, tuning }: Site): Promise<RunningServer> {
  const found = findRunning(layout);
  if (found === undefined) await initialise(binary, layout, log);
  const server = await untilReady(found ?? launch(binary, layout, tuning), layout, log);
  const connection = await mysql.createConnection({ socketPath: layout.socket, user: 'root' });
  await connection.query(
    'CREATE DATABASE IF NOT EXISTS clinic CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci',
  );
  await connection.end();
  log.info(
    { pid: server.pid, version: server.version, socket: layout.socket },
    found === undefined ? 'embedded database started' : 'embedded database found running',
  );
  return server;
}

/** Starts the server again when it dies; returns the function that ends this and our share of the server. */
function keepRunning(site: Site, lease: Lease, firstPid: number): () => Promise<void> {
  const { layout, log } = site;
  let pid = firstPid;
  let delay = 500;
  let stopping: Promise<void> | undefined;
  let check = Promise.resolve();

  const watch = async () => {
    if (isRunning(pid, layout)) return;
    log.warn({ pid, serverLog: layout.serverLog }, 'the embedded database has died; starting it again');
    try {
      ({ pid } = await exclusively(layout.mutex, () => bringUp(site)));
      delay = 500;
    } catch (error) {
      delay = Math.min(delay * 2, 30_000);
      log.error({ err: error }, 'the embedded database could not be started again');
    }
  };
  const tick = async () => {
    await watch();
    if (stopping === undefined) timer = schedule();
  };
  const schedule = (): Timer =>
    setTimeout(() => {
      check = tick();
    }, delay).unref();
  let timer = schedule();

  // A process that exits without calling `stop` cannot wait, but it can say goodbye.
  const atExit = () => {
    if (!existsSync(layout.home)) signal(pid, layout, 'SIGKILL');
    else if (lease.release().wasLast) signal(pid, layout, 'SIGTERM');
  };
  process.once('exit', atExit);

  const stop = async () => {
    clearTimeout(timer);
    await check;
    process.off('exit', atExit);
    // Whose folder was taken away has nothing left to write, and may wait for it for ever.
    if (!existsSync(layout.home)) return signal(pid, layout, 'SIGKILL');
    await exclusively(layout.mutex, () => leave(site, lease));
  };
  return () => (stopping ??= stop());
}

/** Called inside the mutex, as {@link bringUp}. */
async function leave({ layout, log }: Site, lease: Lease): Promise<void> {
  const running = findRunning(layout);
  if (lease.release().wasLast && running !== undefined) await terminate(running, layout, log);
}
