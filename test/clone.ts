import mysql, { type RowDataPacket } from 'mysql2/promise';
import { connectionOptions } from '../src/db/client.ts';

/** Gives the empty database `to` the tables and rows of `from`: several times faster than running the migrations again. */
export async function cloneDatabase(adminUrl: string, from: string, to: string): Promise<void> {
  const { options } = connectionOptions(adminUrl);
  const connection = await mysql.createConnection({ ...options, database: to, multipleStatements: true });
  try {
    const tables = await column(connection, 'table_name', 'tables', from, "table_type = 'BASE TABLE'");
    const creations = await Promise.all(
      tables.map(async (table) => {
        const [rows] = await connection.query<RowDataPacket[]>('SHOW CREATE TABLE ??.??', [from, table]);
        return String(rows[0]?.['Create Table']);
      }),
    );
    await connection.query(['SET foreign_key_checks = 0', ...creations].join(';\n'));
    for (const table of await nonEmpty(connection, from, tables)) {
      const columns = await column(
        connection,
        'column_name',
        'columns',
        from,
        `table_name = ${connection.escape(table)} AND COALESCE(generation_expression, '') = ''`,
      );
      await connection.query('INSERT INTO ?? (??) SELECT ?? FROM ??.??', [
        table,
        columns,
        columns,
        from,
        table,
      ]);
    }
    await assertComplete(connection, from);
  } finally {
    await connection.end();
  }
}

async function nonEmpty(connection: mysql.Connection, from: string, tables: string[]): Promise<string[]> {
  const sql = tables.map((table) =>
    mysql.format('SELECT ? AS name FROM ??.?? LIMIT 1', [table, from, table]),
  );
  const [rows] = await connection.query<RowDataPacket[]>(`(${sql.join(') UNION ALL (')})`);
  return rows.map((row) => String(row['name']));
}

async function assertComplete(connection: mysql.Connection, from: string): Promise<void> {
  for (const [name, list] of [
    ['trigger_name', 'triggers'],
    ['table_name', 'views'],
  ] as const) {
    const found = await column(connection, name, list, from, 'TRUE');
    if (found.length > 0)
      throw new Error(`test/clone.ts does not copy ${list}, and the migrations make: ${found.join(', ')}`);
  }
}

async function column(
  connection: mysql.Connection,
  name: string,
  list: 'tables' | 'columns' | 'triggers' | 'views',
  schema: string,
  condition: string,
): Promise<string[]> {
  const schemaColumn = list === 'triggers' ? 'trigger_schema' : 'table_schema';
  const [rows] = await connection.query<RowDataPacket[]>(
    `SELECT ${name} AS name FROM information_schema.${list} WHERE ${schemaColumn} = ? AND ${condition}`,
    [schema],
  );
  return rows.map((row) => String(row['name']));
}
