import { connectionOptions } from '../db/client.ts';
import { sql } from 'drizzle-orm';
import { defineCommand } from './command.ts';
import { withRuntime } from './runtime.ts';

export const command = defineCommand({
  notes:
    'Opens the client `mariadb` or `mysql` of this machine on the database of DATABASE_URL, or on the embedded one. SQL may\ncome from standard input, too.',
  run: () =>
    withRuntime(async ({ databaseUrl, services }) => {
      const [[row]] = (await services.db.execute(sql`select version() as version`)) as unknown as [
        { version: string }[],
      ];
      const client = findClient(row?.version.includes('MariaDB') ?? false);
      const { args, password } = clientArguments(databaseUrl);
      // Ctrl-C is for the client, which breaks off a statement with it.
      process.removeAllListeners('SIGINT').on('SIGINT', () => undefined);
      const child = Bun.spawn([client, ...args], {
        stdio: ['inherit', 'inherit', 'inherit'],
        env: { ...process.env, MYSQL_PWD: password },
      });
      process.exitCode = await child.exited;
    }),
});

/** The server's own client where there are both. @throws Error when there is none */
function findClient(isMariaDb: boolean): string {
  const names = isMariaDb ? ['mariadb', 'mysql'] : ['mysql', 'mariadb'];
  const found = names.map((name) => Bun.which(name)).find((path) => path !== null);
  if (!found)
    throw new Error(
      'This machine has no database client. Install one (Debian: apt-get install mariadb-client), or use `bun run manage shell`.',
    );
  return found;
}

/** Everybody on the machine can read a process's arguments: the password is not among them. */
function clientArguments(url: string): { args: string[]; password: string } {
  const { options, database } = connectionOptions(url);
  const where = options.socketPath
    ? [`--socket=${options.socketPath}`]
    : ['--protocol=tcp', `--host=${options.host}`, `--port=${options.port}`];
  return {
    args: ['--no-defaults', ...where, `--user=${options.user}`, '--default-character-set=utf8mb4', database],
    password: options.password ?? '',
  };
}
