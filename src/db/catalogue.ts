import { and, eq, type SQL } from 'drizzle-orm';
import type { MySqlColumn } from 'drizzle-orm/mysql-core';
import type { Ctx } from '../context.ts';
import { type Camel, columnName, columnsOf } from './casing.ts';
import { type ListQuery, resource, type ResourceDefinition } from './resource.ts';
import { containsWords } from './search.ts';

/** The values of a row under the fields' wire names. */
type Shown<Row, Field extends string> = { [Name in Field]: Row[Camel<Name> & keyof Row] };

/** What a client sends of a record: every field but the id. */
type Input<Row, Field extends string> = Shown<Row, Exclude<Field, 'id'>>;

type Some<Values> = { [Name in keyof Values]?: Values[Name] | undefined };

type Definition<
  Row extends object,
  New extends object,
  Field extends string,
  Ordering extends Field,
  Filter extends Field,
  More extends object,
> = Pick<
  ResourceDefinition<Row, New, Shown<Row, Field>, Ordering>,
  'entity' | 'table' | 'restore' | 'changed' | 'committed'
> & {
  /** What clients see and, but for the id, write; each is the table's column of that name. */
  fields: readonly Field[];
  /** The fields a list may be ordered by; by the first, unless it is asked otherwise. */
  ordering: readonly [Ordering, ...Ordering[]];
  /** The field that a list's `search` looks in. */
  search: Field;
  /** The fields by whose value a list may be narrowed. */
  filters?: readonly Filter[];
  /** WHERE: what else a list is narrowed by. */
  where?: (ctx: Ctx, query: More) => SQL | undefined;
};

type Related = (tx: Ctx, id: number) => Promise<void>;

/**
 * The verbs of a plain catalogue: a {@link resource} whose fields are kept and shown as they are written. `update` is
 * the resource's, for changes that are not a client's input.
 */
export function catalogue<
  Row extends object,
  New extends object,
  const Field extends string,
  const Ordering extends Field,
  const Filter extends Field = never,
  More extends object = object,
>(definition: Definition<Row, New, Field, Ordering, Filter, More>) {
  const {
    entity,
    table,
    restore,
    changed,
    committed,
    fields,
    ordering,
    search,
    filters = [],
    where,
  } = definition;
  const columnOf = (field: Field) => table[columnName(field) as keyof typeof table] as MySqlColumn;
  const shown = (row: Row) =>
    Object.fromEntries(fields.map((field) => [field, row[columnName(field) as keyof Row]]));

  const records = resource({
    entity,
    table,
    restore,
    changed,
    committed,
    view: (_, rows) => rows.map((row) => shown(row) as Shown<Row, Field>),
    ordering: Object.fromEntries(ordering.map((field) => [field, columnOf(field)])) as Record<
      Ordering,
      MySqlColumn
    >,
    defaultOrdering: ordering[0],
  });
  // The fields are columns of the table; the compiler cannot follow that through type parameters.
  const values = (input: object) => columnsOf(input) as New;

  return {
    ...records,

    /** A page of the records. @throws AppError INSUFFICIENT_PERMISSIONS when the caller may not see deleted records */
    list: (ctx: Ctx, query: ListQuery<Ordering> & Some<Shown<Row, Filter>> & More) => {
      const narrowed = filters.map((field) => {
        const value = query[field];
        return value === undefined ? undefined : eq(columnOf(field), value);
      });
      return records.list(
        ctx,
        query,
        and(...narrowed, where?.(ctx, query), containsWords(columnOf(search), query.search)),
      );
    },

    /** `related` writes what belongs to the record. @throws FieldConflict */
    create: (ctx: Ctx, input: Input<Row, Field>, related?: Related) =>
      records.create(ctx, () => values(input), related),

    /** @throws FieldConflict, AppError NOT_FOUND or PRECONDITION_FAILED */
    change: (ctx: Ctx, id: number, input: Some<Input<Row, Field>>, related?: Related) =>
      records.update(ctx, id, () => values(input), related),
  };
}
