import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { ServerBinary } from './binaries.ts';
import { EmbeddedServiceError } from './errors.ts';
import type { Layout } from './layout.ts';
import { findProcesses } from './processes.ts';

const UNFINISHED = 'initialising-';

/**
 * Makes the data directory if there is none. It is made under another name and renamed when it is whole, so what an
 * interrupted attempt leaves is never used.
 */
export async function initialise(
  binary: ServerBinary,
  layout: Layout,
  log: Pick<Logger, 'info'>,
): Promise<void> {
  removeUnfinished(layout);
  if (existsSync(layout.data)) {
    assertMadeBy(binary, layout);
    return;
  }
  log.info({ dataDir: layout.data, server: binary.server }, 'making the embedded database (once)');
  const unfinished = `${UNFINISHED}${crypto.randomUUID()}`;
  await run(initialisation(binary, unfinished), layout);
  renameSync(join(layout.home, unfinished), layout.data);
}

/** A relative data directory: MariaDB's script splits its arguments at spaces. */
function initialisation(binary: ServerBinary, directory: string): string[] {
  const dataDir = `--datadir=./${directory}`;
  const user = process.getuid?.() === 0 ? ['-uroot'] : [];
  return binary.kind === 'mysql'
    ? [binary.server, '--no-defaults', '--initialize-insecure', dataDir, '--secure-file-priv=NULL', ...user]
    : [
        binary.installer,
        '--no-defaults',
        dataDir,
        '--auth-root-authentication-method=normal',
        '--skip-test-db',
        '--skip-name-resolve',
        '--force',
        ...user,
      ];
}

function removeUnfinished({ home }: Layout): void {
  for (const name of readdirSync(home).filter((name) => name.startsWith(UNFINISHED))) {
    for (const pid of findProcesses(`--datadir=./${name}`)) process.kill(pid, 'SIGKILL');
    rmSync(join(home, name), { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

function assertMadeBy(binary: ServerBinary, { data }: Layout): void {
  const madeBy = existsSync(join(data, 'mysql.ibd')) ? 'mysql' : 'mariadb';
  if (madeBy === binary.kind) return;
  throw new EmbeddedServiceError(
    `${data} was made by ${madeBy === 'mysql' ? 'MySQL' : 'MariaDB'}, but the server found on this machine is ` +
      `${binary.server} (${binary.kind === 'mysql' ? 'MySQL' : 'MariaDB'}), which cannot read it.`,
  );
}

async function run(command: string[], { home, temporary }: Layout): Promise<void> {
  const child = Bun.spawn(command, {
    cwd: home,
    env: { ...process.env, TMPDIR: temporary },
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
  });
  const [output, errors, exitCode] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  if (exitCode === 0) return;
  throw new EmbeddedServiceError(
    `Making the embedded database failed (${command[0]}):\n${`${output}\n${errors}`.trim().split('\n').slice(-20).join('\n')}`,
  );
}
