import { aligned, type Command, UsageError } from './cli/command.ts';
import { orExplain } from './cli/explain.ts';

type Entry = { about: string; load: () => Promise<{ command: Command }> };

/** `bun run manage <command>`; each is loaded when it is asked for. */
const COMMANDS: Record<string, Entry> = {
  serve: { about: 'Runs the service: HTTP and the background work', load: () => import('./cli/serve.ts') },
  worker: { about: 'Runs the background work only, without HTTP', load: () => import('./cli/worker.ts') },
  migrate: { about: 'Brings the database up to date', load: () => import('./cli/migrate.ts') },
  makemigrations: {
    about: 'Writes a migration for what has changed in the tables',
    load: () => import('./cli/makemigrations.ts'),
  },
  showmigrations: {
    about: 'Lists the migrations and which of them are applied',
    load: () => import('./cli/showmigrations.ts'),
  },
  createsuperuser: {
    about: 'Makes an administrator who may do everything',
    load: () => import('./cli/createsuperuser.ts'),
  },
  changepassword: {
    about: 'Gives an account another password and closes its sessions',
    load: () => import('./cli/changepassword.ts'),
  },
  clearsessions: {
    about: 'Deletes the sessions that have ended',
    load: () => import('./cli/clearsessions.ts'),
  },
  cleanup: {
    about: 'Removes what is kept for a time only, as the service does every night',
    load: () => import('./cli/cleanup.ts'),
  },
  reindex: {
    about: 'Makes the search of patients anew from their records',
    load: () => import('./cli/reindex.ts'),
  },
  seed: { about: 'Fills the database with invented appointments', load: () => import('./cli/seed.ts') },
  check: {
    about: 'Says whether the service could run with this configuration',
    load: () => import('./cli/check.ts'),
  },
  routes: { about: 'Lists the routes and who may use them', load: () => import('./cli/routes.ts') },
  policy: { about: 'Shows which role has which permission', load: () => import('./cli/policy.ts') },
  audit: {
    about: 'Verifies that the audit log is as it was written',
    load: () => import('./cli/audit.ts'),
  },
  backup: {
    about: 'Writes the whole database and the stored files into one file',
    load: () => import('./cli/backup.ts'),
  },
  restore: { about: 'Puts a backup in the place of what is there', load: () => import('./cli/restore.ts') },
  dbshell: { about: "Opens the database server's own client", load: () => import('./cli/dbshell.ts') },
  shell: { about: 'Opens a prompt with the services at hand', load: () => import('./cli/shell.ts') },
  openapi: { about: 'Writes the OpenAPI document', load: () => import('./cli/openapi.ts') },
};

const overview = (): string =>
  [
    'Usage: bun run manage <command> [options]',
    '',
    ...aligned(Object.entries(COMMANDS).map(([name, { about }]) => [name, about])),
    '',
    'bun run manage <command> --help tells more.',
    '',
  ].join('\n');

async function run([name, ...args]: string[]): Promise<void> {
  if (name === '--help' || name === '-h' || name === 'help') {
    process.stdout.write(overview());
    return;
  }
  const entry = name === undefined || !Object.hasOwn(COMMANDS, name) ? undefined : COMMANDS[name];
  if (name === undefined || !entry) {
    throw new UsageError(
      `${name === undefined ? 'Which command?' : `There is no command "${name}".`}\n\n${overview()}`,
    );
  }
  const { command } = await entry.load();
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(`${command.help(name, entry.about)}\n`);
    return;
  }
  try {
    await command.run(args);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(`${error.message}\n\n${command.help(name, entry.about)}`, { cause: error });
  }
}

await orExplain(() => run(process.argv.slice(2)));
