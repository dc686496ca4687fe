import mysql, { type RowDataPacket } from 'mysql2/promise';
import type { Config } from '../config.ts';
import { connectionOptions } from '../db/client.ts';
import { migrationStatus } from '../db/migrate.ts';
import { startEmbeddedDatabase } from '../embedded/database.ts';
import { checkSummaries } from './check-summaries.ts';
import { explain } from './explain.ts';
import { error, type Finding, ok, warning } from './finding.ts';
import { commandLog } from './runtime.ts';

/** The oldest servers that the service runs on (contract, "Configuration"). */
const OLDEST = { MariaDB: [10, 6], MySQL: [8, 0] } as const;

/** Whether the database answers, is recent enough, and up to date. Starts the embedded one for as long as it looks. */
export async function checkDatabase(config: Config): Promise<Finding[]> {
  if (config.databaseUrl !== undefined) return attempt(() => look(config.databaseUrl ?? '', config));
  return attempt(async () => {
    const database = await startEmbeddedDatabase({ dataDir: config.storageDir, log: commandLog() });
    try {
      return await look(database.url, config);
    } finally {
      await database.stop();
    }
  });
}

async function attempt(work: () => Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await work();
  } catch (failure) {
    return [error(`database: ${explain(failure)}`)];
  }
}

async function look(url: string, config: Config): Promise<Finding[]> {
  const embedded = config.databaseUrl === undefined;
  const connection = await mysql.createConnection(connectionOptions(url).options);
  try {
    const server = judgeServer(await row(connection, 'select version() as version'), embedded);
    const { charset } = await row(connection, 'select @@character_set_database as charset');
    const text =
      charset === 'utf8mb4' ? [] : [error(`database: its character set is ${charset}, not utf8mb4`)];
    const pending = (await migrationStatus(url)).filter(({ applied }) => !applied);
    if (pending.length === 0)
      return [
        server,
        ...text,
        ok('migrations: all applied'),
        await judgeUsers(connection),
        await checkSummaries(url, config),
      ];
    const names = pending.map(({ name }) => name).join(', ');
    return [
      server,
      ...text,
      embedded
        ? ok(`migrations: the next start applies ${names}`)
        : error(`migrations: ${names} not applied; run \`bun run manage migrate\``),
    ];
  } finally {
    await connection.end();
  }
}

function judgeServer({ version = '' }: Record<string, string>, embedded: boolean): Finding {
  const kind = version.includes('MariaDB') ? 'MariaDB' : 'MySQL';
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldestMajor, oldestMinor] = OLDEST[kind];
  const name = `database: ${embedded ? 'embedded ' : ''}${kind} ${version}`;
  return major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)
    ? ok(name)
    : error(`${name} is too old: ${kind} ${oldestMajor}.${oldestMinor} or later is needed`);
}

async function judgeUsers(connection: mysql.Connection): Promise<Finding> {
  const { n } = await row(
    connection,
    'select count(*) as n from users where is_superuser and is_active and deleted_at is null',
  );
  return Number(n) > 0
    ? ok('accounts: there is an administrator')
    : warning('accounts: nobody administers; run `bun run manage createsuperuser`');
}

async function row(connection: mysql.Connection, sql: string): Promise<Record<string, string>> {
  const [[first]] = await connection.query<RowDataPacket[]>(sql);
  return first ?? {};
}
