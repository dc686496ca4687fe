import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import mysql, { type Connection, type ResultSetHeader } from 'mysql2/promise';
import type { Logger } from 'pino';
import { connectionOptions, SESSION } from '../db/client.ts';
import { migrate, readMigrations } from '../db/migrate.ts';
import type { FileStore } from '../files/store.ts';
import { readArchive, textOf } from './archive.ts';
import { BackupError, type Manifest } from './manifest.ts';
import { readTables } from './schema.ts';

type Backup = { path: string; manifest: Manifest };
type Log = Pick<Logger, 'info' | 'warn'>;
type Target = { url: string; files: FileStore; log: Log; onProgress: (table: string, rows: number) => void };

/** Refuses a backup whose tables this version of the program cannot make. @throws BackupError */
export function assertKnown({ migrations }: Manifest): void {
  const known = new Set(readMigrations().map(({ hash }) => hash));
  if (!migrations.every(({ hash }) => known.has(hash)))
    throw new BackupError(
      'The backup was made by a newer or another version of the service: restore it with that.',
    );
}

/**
 * Fills an empty database and an empty folder: makes the tables as they were when the backup was made, gives them their
 * rows, then applies the migrations that have come since. @throws BackupError, MigrationError
 */
export async function load({ path, manifest }: Backup, target: Target): Promise<void> {
  const { url, files, log, onProgress } = target;
  await migrate(url, log, undefined, manifest.migrations.at(-1)?.created_at);
  const connection = await mysql.createConnection(connectionOptions(url).options);
  try {
    for (const statement of SESSION) await connection.query(statement);
    await connection.query('set foreign_key_checks = 0, unique_checks = 0');
    await prepare(connection, manifest);
    const loaded = new Map<string, number>();
    for await (const { name, content } of readArchive(path)) {
      const [folder, ...rest] = name.split('/');
      if (folder === 'files') {
        await pipeline(
          Readable.from(content),
          createWriteStream(files.path(rest.join('/')), { mode: 0o600 }),
        );
        continue;
      }
      const [table = ''] = rest;
      const columns = manifest.tables[table]?.columns;
      if (folder !== 'tables' || !columns) continue;
      const rows =
        (loaded.get(table) ?? 0) + (await insert(connection, table, columns, await textOf(content)));
      loaded.set(table, rows);
      onProgress(table, rows);
    }
    for (const [table, { rows }] of Object.entries(manifest.tables)) {
      if ((loaded.get(table) ?? 0) !== rows)
        throw new BackupError(
          `The backup holds ${loaded.get(table) ?? 0} rows of ${table} instead of ${rows}.`,
        );
    }
  } finally {
    await connection.end();
  }
  await migrate(url, log);
}

/** Checks that the tables are those of the backup, and takes out what the migrations put in. */
async function prepare(connection: Connection, { tables }: Manifest): Promise<void> {
  const present = await readTables(connection);
  const made = Object.fromEntries(present.map(({ name, columns }) => [name, columns]));
  const kept = Object.fromEntries(Object.entries(tables).map(([name, { columns }]) => [name, columns]));
  if (!Bun.deepEquals(made, kept))
    throw new BackupError('The tables of the backup are not those that its migrations make.');
  for (const { name } of present) await connection.query('delete from ??', [name]);
}

async function insert(
  connection: Connection,
  table: string,
  columns: string[],
  lines: string,
): Promise<number> {
  const rows: unknown[] = lines
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  const [{ affectedRows }] = await connection.query<ResultSetHeader>('insert into ?? (??) values ?', [
    table,
    columns,
    rows,
  ]);
  return affectedRows;
}
