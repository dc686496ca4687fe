import { fillPlaceholders, sql } from 'drizzle-orm';
import type { MySqlTable } from 'drizzle-orm/mysql-core';
import type { Pool, PoolConnection, QueryOptions } from 'mysql2';
import type { Database } from './client.ts';
import { rowDecoder, type SelectedField } from './decode.ts';
import { sendTogether } from './packet.ts';
import { shared } from './shared.ts';

type Query<Result> = { prepare: () => { execute: (values: Record<string, unknown>) => Promise<Result> } };

/** What Drizzle 0.45 keeps of a prepared statement; its own `execute` is far slower (see `runnerOf`). */
type Prepared = {
  client: { pool?: Pool; connection?: PoolConnection };
  params: unknown[];
  query: { sql: string };
  rawQuery: { sql: string };
  fields: SelectedField[] | undefined;
  joinsNotNullableMap: Record<string, boolean> | undefined;
};

/**
 * `binary`: the server keeps the parsed statement, which spares it a third of a look-up by key. Not for locking reads:
 * the driver sends numbers to MariaDB as DOUBLE, and one that could not use its index would lock more than its rows.
 * `shared`: calls outside a transaction that ask the same at the same time share one answer ({@link shared}), which
 * they must not change: for what many people look at together, such as a day's agenda.
 * `early`: in a packet it is answered before the statements behind it are, so that one can go on meanwhile.
 */
type Way = 'plain' | 'binary' | 'shared' | 'early';

/**
 * A statement of a hot path: built and turned into SQL once per connection handle instead of at every call. Its
 * values are `sql.placeholder('name')` in `build`, and `values` at the call. Plain ones that a transaction issues at
 * once travel together ({@link sendTogether}).
 */
export function statement<Values extends Record<string, unknown>, Result>(
  build: (db: Database) => Query<Result>,
  way: Way = 'plain',
): (db: Database, values: Values) => Promise<Result> {
  const made = new WeakMap<Database, (values: Values) => Promise<Result>>();
  return (db, values) => {
    let run = made.get(db);
    if (!run) made.set(db, (run = runnerOf(build(db), way)));
    return run(values);
  };
}

/**
 * Runs on the driver itself: Drizzle's way casts every date field in a callback and looks up every column's type at
 * every row, which took four times as long for a page of twenty appointments.
 */
function runnerOf<Values extends Record<string, unknown>, Result>(
  query: Query<Result>,
  way: Way,
): (values: Values) => Promise<Result> {
  const drizzled = query.prepare();
  const { client, params, fields, joinsNotNullableMap, ...compiled } = drizzled as unknown as Prepared;
  const driver = client.pool ?? client.connection;
  if (!driver) return (values) => drizzled.execute(values);
  const decode = fields && rowDecoder(fields, joinsNotNullableMap);
  const text = (fields ? compiled.query : compiled.rawQuery).sql;
  const shape = (answer: unknown) => (decode ? (answer as unknown[][]).map(decode) : [answer]) as Result;
  const { connection } = client;
  const bind = (values: Values) => fillPlaceholders(params, values) as string[];
  if (connection && way !== 'binary') {
    return async (values) => shape(await sendTogether(connection, text, bind(values), way === 'early'));
  }
  const verb = way === 'binary' ? 'execute' : 'query';
  const run = (bound: string[]): Promise<Result> =>
    new Promise((resolve, reject) => {
      const options: QueryOptions = { sql: text, rowsAsArray: fields !== undefined, values: bound };
      driver[verb](options, (error: unknown, result: unknown) => {
        if (error) reject(error);
        else resolve(shape(result));
      });
    });
  if (way !== 'shared' || !client.pool) return (values) => run(bind(values));
  const share = shared<Result>();
  return (values) => {
    const bound = bind(values);
    return share(JSON.stringify(bound), () => run(bound));
  };
}

/** Like {@link statement} for a family of statements that differ in shape: one is kept for each shape met. */
export function statements<Shape extends object, Values extends Record<string, unknown>, Result>(
  build: (db: Database, shape: Shape) => Query<Result>,
  way: Way = 'plain',
): (db: Database, shape: Shape, values: Values) => Promise<Result> {
  const made = new Map<string, (db: Database, values: Values) => Promise<Result>>();
  return (db, shape, values) => {
    const key = JSON.stringify(shape);
    let one = made.get(key);
    if (!one) made.set(key, (one = statement((handle) => build(handle, shape), way)));
    return one(db, values);
  };
}

/** An INSERT of one row as a {@link statement}; the values are the row's columns by `keys`. Returns the new id. */
export function insertStatement<
  Table extends MySqlTable,
  const Key extends string & keyof Table['$inferInsert'],
>(
  table: Table,
  keys: readonly Key[],
): (db: Database, row: Pick<Table['$inferInsert'], Key>) => Promise<number> {
  const row = Object.fromEntries(
    keys.map((key) => [key, sql.placeholder(key)]),
  ) as unknown as Table['$inferInsert'];
  const insert = statement((db) => db.insert(table).values(row));
  return async (db, values) => {
    const [{ insertId }] = await insert(db, values);
    return insertId;
  };
}
