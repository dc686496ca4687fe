import { readFileSync, realpathSync, truncateSync, existsSync } from 'node:fs';
import { totalmem } from 'node:os';
import mysql, { type RowDataPacket } from 'mysql2/promise';
import type { Logger } from 'pino';
import type { ServerBinary } from './binaries.ts';
import { EmbeddedServiceError } from './errors.ts';
import type { Layout } from './layout.ts';
import { findProcess, isProcess } from './processes.ts';

/** Crash recovery of a large database takes minutes; a server that will not start exits much earlier. */
const START_TIMEOUT = 600_000;
const STOP_GRACE = 120_000;

/** A server that answers on the layout's socket. */
export type RunningServer = { pid: number; version: string };

/** The process of this data directory's server, proven by the arguments it was started with. */
export function findRunning(layout: Layout): number | undefined {
  return findProcess(marker(layout));
}

/** Whether `pid` is still this data directory's server. */
export function isRunning(pid: number, layout: Layout): boolean {
  return isProcess(pid, marker(layout));
}

/** Starts the server in a process group of its own (a Ctrl-C is for us, not for it); returns its pid at once. */
export function launch(binary: ServerBinary, layout: Layout, tuning: string[]): number {
  if (existsSync(layout.serverLog)) truncateSync(layout.serverLog);
  const child = Bun.spawn([binary.server, ...serverArguments(binary, layout), ...tuning], {
    cwd: layout.home,
    env: { ...process.env, TMPDIR: layout.temporary },
    detached: true,
    stdio: ['ignore', 'ignore', 'ignore'],
  });
  child.unref();
  return child.pid;
}

/** Waits until the server answers and is the one of this data directory. */
export async function untilReady(
  pid: number,
  layout: Layout,
  log: Pick<Logger, 'info'>,
): Promise<RunningServer> {
  const started = Date.now();
  let nextNotice = started + 10_000;
  while (Date.now() - started < START_TIMEOUT) {
    // A child that has not reached its exec yet carries our own arguments, so wait a moment before judging it dead.
    if (Date.now() - started > 1_000 && !isRunning(pid, layout))
      throw failure('ended while starting', layout);
    const version = await ping(layout);
    if (version !== undefined) return { pid, version };
    if (Date.now() > nextNotice) {
      log.info('the embedded database is still starting (a recovery after a crash takes a while)');
      nextNotice += 10_000;
    }
    await Bun.sleep(30);
  }
  throw failure('does not answer', layout);
}

/** Asks the server to end and waits for it; kills it only when it has not done so for two minutes. */
export async function terminate(pid: number, layout: Layout, log: Pick<Logger, 'warn'>): Promise<void> {
  signal(pid, layout, 'SIGTERM');
  const started = Date.now();
  while (isRunning(pid, layout)) {
    if (Date.now() - started > STOP_GRACE) {
      log.warn({ pid }, 'the embedded database does not end; killing it');
      signal(pid, layout, 'SIGKILL');
    }
    await Bun.sleep(30);
  }
}

/** Signals the server without waiting, and nobody else's process. */
export function signal(pid: number, layout: Layout, name: NodeJS.Signals): void {
  if (isRunning(pid, layout)) process.kill(pid, name);
}

async function ping({ socket, data }: Layout): Promise<string | undefined> {
  try {
    const connection = await mysql.createConnection({
      socketPath: socket,
      user: 'root',
      connectTimeout: 2_000,
    });
    try {
      const [rows] = await connection.query<RowDataPacket[]>(
        'SELECT VERSION() AS version, @@datadir AS data',
      );
      const [row] = rows;
      return row !== undefined && realpathSync(String(row['data'])) === data
        ? String(row['version'])
        : undefined;
    } finally {
      connection.destroy();
    }
  } catch {
    return undefined;
  }
}

function marker({ pidFile }: Layout): string {
  return `--pid-file=${pidFile}`;
}

function serverArguments({ kind }: ServerBinary, layout: Layout): string[] {
  return [
    '--no-defaults',
    `--datadir=${layout.data}`,
    `--socket=${layout.socket}`,
    marker(layout),
    `--log-error=${layout.serverLog}`,
    ...(process.getuid?.() === 0 ? ['--user=root'] : []),
    '--skip-networking',
    '--skip-name-resolve',
    '--skip-log-bin',
    '--character-set-server=utf8mb4',
    '--collation-server=utf8mb4_unicode_ci',
    '--default-time-zone=+00:00',
    '--max-connections=300',
    '--max-allowed-packet=64M',
    '--performance-schema=OFF',
    `--innodb-buffer-pool-size=${bufferPool()}M`,
    '--innodb-flush-log-at-trx-commit=1',
    '--innodb-adaptive-hash-index=ON',
    ...(kind === 'mysql'
      ? ['--mysqlx=OFF', '--secure-file-priv=NULL', '--innodb-redo-log-capacity=256M']
      : ['--innodb-log-file-size=128M']),
  ];
}

/** Megabytes. Taken as data comes, so that a small clinic does not pay for a large machine. */
const bufferPool = () => Math.round(Math.min(Math.max(totalmem() / 4 / 2 ** 20, 256), 2_048));

function failure(what: string, { serverLog }: Layout): EmbeddedServiceError {
  const log = existsSync(serverLog) ? readFileSync(serverLog, 'utf8').trim() : '';
  const lastLines = log.split('\n').slice(-15).join('\n');
  return new EmbeddedServiceError(
    `The embedded database server ${what}. The end of ${serverLog}:\n${lastLines}`,
  );
}
