import mysql, { type Connection } from 'mysql2';
import type { Connection as PromiseConnection, RowDataPacket } from 'mysql2/promise';
import { connectionOptions, SESSION, SNAPSHOT } from '../db/client.ts';
import type { FileStore } from '../files/store.ts';
import type { Add } from './archive.ts';
import { BackupError, keyFingerprint, MANIFEST, type Manifest } from './manifest.ts';
import { readTables, type Table } from './schema.ts';

/** Characters of an entry: one statement of a restore, well below any server's max_allowed_packet. */
const CHUNK = 1_000_000;

/** The server waits so many seconds while a slow disk takes what it has sent. */
const PATIENT = 'set session net_write_timeout = 3600';

type Source = { databaseUrl: string; secretKey: string; files: FileStore };
type Progress = (what: string, rows: number) => void;

/** Writes the whole database as it is at one instant, then the stored files, then the manifest. */
export async function dump(source: Source, add: Add, onProgress: Progress): Promise<Manifest> {
  const connection = mysql.createConnection(connectionOptions(source.databaseUrl).options);
  const asked = connection.promise();
  try {
    for (const statement of [...SESSION, PATIENT, ...SNAPSHOT]) await asked.query(statement);
    const manifest: Manifest = {
      format: 1,
      made_at: Temporal.Now.instant().toString(),
      server: await serverOf(asked),
      secret_key: keyFingerprint(source.secretKey),
      migrations: await migrationsOf(asked),
      tables: {},
      files: 0,
      entries: {},
    };
    for (const table of await readTables(asked)) {
      let rows = 0;
      let part = 0;
      for await (const chunk of chunksOf(connection, table)) {
        part += 1;
        rows += chunk.rows;
        const name = `tables/${table.name}/${String(part).padStart(6, '0')}.ndjson`;
        manifest.entries[name] = await add(name, new Blob([chunk.text]));
        onProgress(table.name, rows);
      }
      manifest.tables[table.name] = { columns: table.columns, rows };
    }
    for await (const { key } of source.files.list('')) {
      const content = key.startsWith('tmp/') ? null : await source.files.open(key);
      if (!content) continue;
      const name = `files/${key}`;
      manifest.entries[name] = await add(name, content);
      manifest.files += 1;
      onProgress('files', manifest.files);
    }
    await add(MANIFEST, new Blob([JSON.stringify(manifest)]));
    return manifest;
  } finally {
    connection.destroy();
  }
}

async function serverOf(connection: PromiseConnection): Promise<string> {
  const [[row]] = await connection.query<RowDataPacket[]>('select version() as version');
  return String(row?.['version']);
}

async function migrationsOf(connection: PromiseConnection): Promise<Manifest['migrations']> {
  const [rows] = await connection.query<RowDataPacket[]>(
    'select hash, created_at from __drizzle_migrations order by created_at',
  );
  if (rows.length === 0)
    throw new BackupError('The database has no tables yet: there is nothing to back up.');
  return rows.map((row) => ({ hash: String(row['hash']), created_at: Number(row['created_at']) }));
}

/** The rows of a table in the order of its key, a JSON array a line. Never more than a chunk of them is in memory. */
async function* chunksOf(
  connection: Connection,
  { name, columns, key }: Table,
): AsyncGenerator<{ text: string; rows: number }> {
  const order = key.length > 0 ? mysql.format(' order by ??', [key]) : '';
  const rows: AsyncIterable<(string | null)[]> = connection
    .query({
      sql: mysql.format('select ?? from ??', [columns, name]) + order,
      rowsAsArray: true,
      typeCast: (field) => field.string('utf8'),
    })
    .stream({ highWaterMark: 500 });
  let lines: string[] = [];
  let size = 0;
  for await (const row of rows) {
    const line = `${JSON.stringify(row)}\n`;
    lines.push(line);
    size += line.length;
    if (size < CHUNK) continue;
    yield { text: lines.join(''), rows: lines.length };
    lines = [];
    size = 0;
  }
  if (lines.length > 0) yield { text: lines.join(''), rows: lines.length };
}
