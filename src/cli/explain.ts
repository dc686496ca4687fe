import { DrizzleQueryError } from 'drizzle-orm';
import { BackupError } from '../backup/manifest.ts';
import { ConfigError } from '../config.ts';
import { MigrationError } from '../db/migrate.ts';
import { FieldConflict, InvalidField } from '../errors.ts';
import { toAppError } from '../http/errors.ts';
import { UsageError } from './command.ts';

/** Exit code of a command line that is not understood, as shells have it. */
const USAGE = 2;
const FAILURE = 1;

/** Runs `work` and, when it fails, says why in plain lines on standard error and ends with a non-zero code. */
export async function orExplain(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    process.stderr.write(`${explain(error)}\n`);
    process.exit(error instanceof UsageError ? USAGE : FAILURE);
  }
}

type DriverError = Error & { code?: string; errno?: number; syscall?: string };

/** What the operator can do about the errors of a connection, by the code that Node or the server gives. */
const REMEDIES: Record<string, string> = {
  EADDRINUSE: 'The port is in use: stop the other process or set PORT to a free one.',
  EACCES: 'This user may not use that port or file: see PORT, LOG_FILE and STORAGE_DIR.',
  ECONNREFUSED: 'The database of DATABASE_URL does not answer.',
  ENOTFOUND: 'The host of DATABASE_URL is not known.',
  ETIMEDOUT: 'The database of DATABASE_URL does not answer.',
  POOL_TIMEOUT: 'The database of DATABASE_URL does not answer.',
  ER_ACCESS_DENIED_ERROR: 'The database refuses the user or the password of DATABASE_URL.',
  ER_DBACCESS_DENIED_ERROR: 'The user of DATABASE_URL may not use that database.',
  ER_BAD_DB_ERROR: 'The database that DATABASE_URL names does not exist on its server.',
  ER_NO_DB_ERROR: 'DATABASE_URL names no database: end it with /name.',
  ER_NO_SUCH_TABLE: 'The database lacks tables: run `bun run manage migrate`.',
  ER_BAD_FIELD_ERROR: 'The database is not up to date: run `bun run manage migrate`.',
};

/** An error in lines for the operator; never a statement's values, which may be personal. */
export function explain(error: unknown): string {
  if (error instanceof ConfigError)
    return `The configuration is not usable:\n${error.problems.map((line) => `  ${line}`).join('\n')}`;
  if (error instanceof MigrationError || error instanceof BackupError) return error.message;
  const cause = rootOf(error);
  const remedy = REMEDIES[cause.code ?? ''];
  if (remedy !== undefined) return remedy;
  const known = toAppError(error, 'en');
  if (known instanceof InvalidField || known instanceof FieldConflict)
    return `${known.field}: ${known.reason.en}`;
  if (cause.errno !== undefined && cause.syscall === undefined)
    return `The database refused a statement (${cause.code ?? 'error'} ${cause.errno}).`;
  return cause.message;
}

/** The driver's error inside the query builder's, whose message quotes the statement and its values. */
function rootOf(error: unknown): DriverError {
  let root = error;
  while (root instanceof DrizzleQueryError && root.cause) root = root.cause;
  return root instanceof Error ? root : new Error(String(root));
}
