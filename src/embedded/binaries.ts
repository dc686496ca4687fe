import { accessSync, constants } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import type { Logger } from 'pino';
import { EmbeddedServiceError } from './errors.ts';
import { install, thisMachine } from './install.ts';
import { planServerInstallation } from './platform.ts';

/** A database server of this machine. MariaDB's data directories are made by a script, MySQL's by the server. */
export type ServerBinary =
  | { kind: 'mysql'; server: string }
  | { kind: 'mariadb'; server: string; installer: string };

const USUAL_PLACES = [
  '/usr/sbin',
  '/usr/local/sbin',
  '/usr/local/bin',
  '/usr/libexec',
  '/usr/local/mysql/bin',
  '/usr/local/mariadb/bin',
  '/opt/homebrew/bin',
  '/opt/homebrew/opt/mariadb/bin',
  '/opt/homebrew/opt/mysql/bin',
  '/usr/local/opt/mariadb/bin',
  '/usr/local/opt/mysql/bin',
];

/** The first usable MariaDB or MySQL server on PATH or where packages put one; undefined when there is none. */
export async function findServer(path = process.env['PATH'] ?? ''): Promise<ServerBinary | undefined> {
  const directories = new Set([...path.split(':').filter(isAbsolute), ...USUAL_PLACES]);
  for (const directory of directories) {
    for (const name of ['mariadbd', 'mysqld']) {
      const server = join(directory, name);
      if (!isExecutable(server)) continue;
      const binary = await identify(server, directories);
      if (binary !== undefined) return binary;
    }
  }
  return undefined;
}

/** As {@link findServer}, installing a server first where we can. */
export async function ensureServer(log: Pick<Logger, 'warn'>): Promise<ServerBinary> {
  const present = await findServer();
  if (present !== undefined) return present;
  await install(planServerInstallation(thisMachine()), 'A MariaDB or MySQL server', log);
  const installed = await findServer();
  if (installed === undefined) {
    throw new EmbeddedServiceError(
      'The database server was installed, but neither mariadbd nor mysqld can be found.',
    );
  }
  return installed;
}

async function identify(server: string, directories: Iterable<string>): Promise<ServerBinary | undefined> {
  const child = Bun.spawn([server, '--no-defaults', '--version'], { stdin: 'ignore', stderr: 'ignore' });
  const [version, exitCode] = await Promise.all([new Response(child.stdout).text(), child.exited]);
  if (exitCode !== 0) return undefined;
  if (!version.includes('MariaDB')) return { kind: 'mysql', server };

  const prefix = dirname(dirname(server));
  const installer = [join(prefix, 'bin'), join(prefix, 'scripts'), ...directories, '/usr/bin']
    .flatMap((directory) => [join(directory, 'mariadb-install-db'), join(directory, 'mysql_install_db')])
    .find(isExecutable);
  return installer === undefined ? undefined : { kind: 'mariadb', server, installer };
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
