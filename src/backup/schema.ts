import type { Connection, RowDataPacket } from 'mysql2/promise';
import { BackupError } from './manifest.ts';

/** A table as a backup keeps it; `key` is its primary key. */
export type Table = { name: string; columns: string[]; key: string[] };

/** Their text is not their value. */
const NOT_TEXT = new Set([
  'binary',
  'varbinary',
  'tinyblob',
  'blob',
  'mediumblob',
  'longblob',
  'bit',
  'float',
]);

/** The notes of `db/migrate.ts`, which a restore makes anew. */
const NOTES = /^__drizzle_/;

/** The tables with data of the connection's database, by name; generated columns are left to the database. */
export async function readTables(connection: Connection): Promise<Table[]> {
  const [columns] = await connection.query<RowDataPacket[]>(`
    select c.table_name as name, c.column_name as field, c.data_type as kind
    from information_schema.columns c
    join information_schema.tables t on t.table_schema = c.table_schema and t.table_name = c.table_name
    where c.table_schema = database() and t.table_type = 'BASE TABLE' and coalesce(c.generation_expression, '') = ''
    order by c.table_name, c.ordinal_position`);
  const [keys] = await connection.query<RowDataPacket[]>(`
    select table_name as name, column_name as field from information_schema.statistics
    where table_schema = database() and index_name = 'PRIMARY' order by table_name, seq_in_index`);
  const kept = columns.filter((row) => !NOTES.test(String(row['name'])));
  for (const row of kept) {
    if (NOT_TEXT.has(String(row['kind'])))
      throw new BackupError(`A backup cannot keep ${row['name']}.${row['field']}, a ${row['kind']}.`);
  }
  const names = [...new Set(kept.map((row) => String(row['name'])))];
  return names.map((name) => ({ name, columns: fieldsOf(kept, name), key: fieldsOf(keys, name) }));
}

const fieldsOf = (rows: RowDataPacket[], table: string): string[] =>
  rows.filter((row) => row['name'] === table).map((row) => String(row['field']));
