import mysql, { type Connection, type RowDataPacket } from 'mysql2/promise';
import { connectionOptions } from '../db/client.ts';
import { migrationStatus } from '../db/migrate.ts';
import { BackupError } from './manifest.ts';

/**
 * Where a restore works. `keep` puts the result in the place of the database in one step, after which `settle` removes
 * what was there; `discard` leaves the database as it was.
 */
export type Target = {
  url: string;
  keep: () => Promise<void>;
  settle: () => Promise<void>;
  discard: () => Promise<void>;
};

const nothing = async () => undefined;

/**
 * Whether the database holds nothing that anybody would miss: no tables, or ours without an account.
 * @throws BackupError when its tables are not ours
 */
export async function isUnused(url: string): Promise<boolean> {
  const tables = await withConnection(url, tablesOf);
  if (tables.length === 0) return true;
  if ((await migrationStatus(url))[0]?.applied !== true)
    throw new BackupError('The database of DATABASE_URL has tables that are not of this service.');
  return withConnection(url, async (connection) => {
    const [rows] = await connection.query<RowDataPacket[]>('select 1 from users limit 1');
    return rows.length === 0;
  });
}

/** The unused database itself, with nothing in it: needs no right beyond it. */
export async function inPlace(url: string): Promise<Target> {
  const empty = () =>
    withConnection(url, async (connection) => {
      const tables = await tablesOf(connection);
      await connection.query('set foreign_key_checks = 0');
      if (tables.length > 0) await connection.query('drop table ??', [tables]);
    });
  await empty();
  return { url, keep: nothing, settle: nothing, discard: empty };
}

/**
 * A new database beside the one that is in use. `keep` exchanges their tables by one RENAME, which the server does as a
 * whole or not at all. @throws BackupError when the user may not make databases
 */
export async function beside(url: string): Promise<Target> {
  const { database } = connectionOptions(url);
  const id = crypto.randomUUID().slice(0, 8);
  const made = `${database}_restored_${id}`;
  const former = `${database}_before_${id}`;
  const drop = () =>
    withConnection(url, async (connection) => {
      await connection.query('set foreign_key_checks = 0');
      for (const name of [made, former]) await connection.query('drop database if exists ??', [name]);
    });
  const next = new URL(url);
  next.pathname = `/${made}`;
  try {
    await withConnection(url, async (connection) => {
      const [[row]] = await connection.query<RowDataPacket[]>('select @@collation_database as collation');
      for (const name of [made, former])
        await connection.query(`create database ?? character set utf8mb4 collate ${row?.['collation']}`, [
          name,
        ]);
    });
  } catch (error) {
    throw error instanceof Error && 'errno' in error && error.errno === 1044
      ? mayNot(database, error)
      : error;
  }
  return {
    url: next.href,
    keep: () =>
      withConnection(url, async (connection) => {
        const out = (await tablesOf(connection)).map((name) => [database, name, former, name]);
        await connection.changeUser({ database: made });
        const into = (await tablesOf(connection)).map((name) => [made, name, database, name]);
        await connection.query('set foreign_key_checks = 0');
        const moves = [...out, ...into].map((names) => mysql.format('??.?? to ??.??', names));
        await connection.query(`rename table ${moves.join(', ')}`);
      }),
    settle: drop,
    discard: drop,
  };
}

const mayNot = (database: string, cause: Error) =>
  new BackupError(
    `The data that are there stay until the restored ones are whole, in a database beside; the user of DATABASE_URL may not make one. As an administrator of the server:\n\n    GRANT ALL ON \`${database.replaceAll('_', '\\_')}\\_%\`.* TO '<user>'@'<host>';\n`,
    { cause },
  );

async function tablesOf(connection: Connection): Promise<string[]> {
  const [rows] = await connection.query<RowDataPacket[]>(
    "select table_name as name from information_schema.tables where table_schema = database() and table_type = 'BASE TABLE'",
  );
  return rows.map((row) => String(row['name']));
}

async function withConnection<T>(url: string, work: (connection: Connection) => Promise<T>): Promise<T> {
  const connection = await mysql.createConnection(connectionOptions(url).options);
  try {
    return await work(connection);
  } finally {
    await connection.end();
  }
}
