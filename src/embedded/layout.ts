import { lstatSync, mkdirSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmbeddedServiceError } from './errors.ts';

/** Where everything of one embedded database lives. All of it is inside `home`, save a socket with too long a path. */
export type Layout = {
  home: string;
  data: string;
  socket: string;
  pidFile: string;
  serverLog: string;
  mutex: string;
  leases: string;
  /** The server's own temporary files. A server that starts deletes what others keep in a shared one. */
  temporary: string;
};

/** `sun_path` holds 104 bytes on macOS and 108 on Linux. */
const LONGEST_SOCKET_PATH = 100;

/** Creates `<dataDir>/mysql`, for this user's eyes only, and names the files in it. */
export function prepareLayout(dataDir: string): Layout {
  const requested = join(dataDir, 'mysql');
  mkdirSync(requested, { recursive: true, mode: 0o700 });
  const home = realpathSync(requested);
  assertPrivate(home);
  const temporary = join(home, 'tmp');
  mkdirSync(temporary, { recursive: true, mode: 0o700 });
  return {
    home,
    data: join(home, 'data'),
    socket: socketPath(home),
    pidFile: join(home, 'server.pid'),
    serverLog: join(home, 'server.log'),
    mutex: join(home, 'starting.lock'),
    leases: join(home, 'owners.lock'),
    temporary,
  };
}

/** The server's socket: in `home`, or in a private directory under the system's temp dir when that path is too long. */
export function socketPath(home: string, temporary = tmpdir()): string {
  const inHome = join(home, 'mysqld.sock');
  if (Buffer.byteLength(inHome) <= LONGEST_SOCKET_PATH) return inHome;
  const directory = join(temporary, `clinic-${process.getuid?.()}`);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  assertPrivate(directory);
  const hash = new Bun.CryptoHasher('sha256').update(home).digest('hex').slice(0, 16);
  return join(directory, `${hash}.sock`);
}

/** Whoever reaches the socket is the database's root, so nobody else may get into its directory. */
function assertPrivate(directory: string): void {
  const stat = lstatSync(directory);
  if (!stat.isDirectory() || stat.uid !== process.getuid?.() || (stat.mode & 0o077) !== 0) {
    throw new EmbeddedServiceError(
      `${directory} must be a directory of this user with mode 0700: it holds the private database server.`,
    );
  }
}
