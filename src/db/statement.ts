import { sql } from 'drizzle-orm';
import type { MySqlTable } from 'drizzle-orm/mysql-core';
import type { Database } from './client.ts';

type Prepared<Row> = { execute: (values: Record<string, unknown>) => Promise<Row> };

/**
 * A statement of a hot path: built and turned into SQL once per connection handle instead of at every call. Its
 * values are `sql.placeholder('name')` in `build`, and `values` at the call.
 */
export function statement<Values extends Record<string, unknown>, Row>(
  build: (db: Database) => { prepare: () => Prepared<Row> },
): (db: Database, values: Values) => Promise<Row> {
  const made = new WeakMap<Database, Prepared<Row>>();
  return (db, values) => {
    let prepared = made.get(db);
    if (!prepared) made.set(db, (prepared = build(db).prepare()));
    return prepared.execute(values);
  };
}

/** Like {@link statement} for a family of statements that differ in shape: one is kept for each shape met. */
export function statements<Shape extends object, Values extends Record<string, unknown>, Row>(
  build: (db: Database, shape: Shape) => { prepare: () => Prepared<Row> },
): (db: Database, shape: Shape, values: Values) => Promise<Row> {
  const made = new Map<string, (db: Database, values: Values) => Promise<Row>>();
  return (db, shape, values) => {
    const key = JSON.stringify(shape);
    let one = made.get(key);
    if (!one) made.set(key, (one = statement((handle) => build(handle, shape))));
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
  const row = Object.fromEntries(keys.map((key) => [key, sql.placeholder(key)])) as Table['$inferInsert'];
  const insert = statement((db) => db.insert(table).values(row));
  return async (db, values) => {
    const [{ insertId }] = await insert(db, values);
    return insertId;
  };
}
