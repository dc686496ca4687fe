import { and, asc, desc, eq, getTableColumns, is, isNotNull, isNull, type SQL, sql } from 'drizzle-orm';
import { getTableConfig, MySqlColumn, type MySqlTable } from 'drizzle-orm/mysql-core';
import { may } from '../access/authenticate.ts';
import type { Permission } from '../access/enforcer.ts';
import { type Ctx, transaction } from '../context.ts';
import { AppError, notFound } from '../errors.ts';
import { assertUnchanged } from '../http/etag.ts';
import { success } from '../success.ts';
import { audit } from './audit.ts';
import { countRows, page, type PageQuery } from './page.ts';
import { isFound, MOST_FOUND, searchFor } from './search.ts';
import { indexTexts, type SearchIndex } from './search-index.ts';
import { takenByDeleted } from './taken.ts';

/** A table whose rows are records of their own; with `deletedAt` a deletion can be undone. */
type RecordTable = MySqlTable & {
  id: MySqlColumn;
  createdAt: MySqlColumn;
  updatedAt: MySqlColumn;
  deletedAt?: MySqlColumn;
};

/** What a list of records is asked for beyond its own filters. */
export type ListQuery<Field extends string> = PageQuery & {
  ordering?: Field | `-${Field}` | undefined;
  deleted?: boolean | undefined;
  search?: string | undefined;
};

/** What a kind of record is, for {@link resource}. */
export type ResourceDefinition<Row extends object, New extends object, View, Field extends string> = {
  /** Names the records in the audit log. */
  entity: string;
  table: RecordTable & { $inferSelect: Row; $inferInsert: New };
  /** Rows as a client sees them, in the same order. */
  view: (ctx: Ctx, rows: Row[]) => View[] | Promise<View[]>;
  /** The fields a list may be ordered by, with what they stand for; ties are broken by the id. */
  ordering: Record<Field, MySqlColumn | MySqlColumn[]>;
  defaultOrdering: NoInfer<Field | `-${Field}`>;
  /** WHERE: the rows that the caller may see; without it, all. */
  visible?: (ctx: Ctx) => SQL | undefined;
  /** Whether the caller may change or delete this row of those that it sees; without it, any. */
  mayChange?: (ctx: Ctx, row: Row) => boolean;
  /** Who sees deleted records and restores them. */
  restore?: Permission | undefined;
  /** Throws when the locked row may not be deleted as things are. */
  assertRemovable?: (tx: Ctx, row: Row) => Promise<void>;
  /** By what a list's `search` finds the records; their index follows every write. */
  search?: SearchIndex;
  /** Follows every change of a row, within its transaction. */
  changed?: ((tx: Ctx, row: Row) => Promise<void>) | undefined;
  /** Follows the commit of a change: `before` is null for a row that was not there, `after` for one that is gone. */
  committed?: ((ctx: Ctx, before: Row | null, after: Row | null) => Promise<void>) | undefined;
};

const DELETED = { es: 'Registro eliminado.', en: 'Record deleted.' };

/**
 * The verbs of a kind of record. Each keeps to what the caller may see; each that writes does so in one transaction
 * with its audit row, after a check of `If-Match`, and answers with the record as it is then.
 */
export function resource<
  Row extends object,
  New extends object,
  View extends Record<string, unknown>,
  Field extends string,
>(definition: ResourceDefinition<Row, New, View, Field>) {
  const { entity, view, visible, search } = definition;
  // Drizzle's builders compute with a table's exact type, which is not known here.
  const table: RecordTable = definition.table;
  const { deletedAt } = table;
  const isLive = deletedAt && isNull(deletedAt);
  const isDeleted = deletedAt ? isNotNull(deletedAt) : sql`false`;
  const unique = uniqueColumns(table);

  async function find(ctx: Ctx, id: number, where: SQL | undefined): Promise<Row> {
    const [row] = await ctx.db
      .select()
      .from(table)
      .where(and(eq(table.id, id), where));
    if (!row) throw notFound();
    return row as Row;
  }

  /** Locks the row before it is read: what is read is still so at the commit. */
  async function lock(tx: Ctx, id: number, where: SQL | undefined): Promise<Row> {
    await tx.db.select({ id: table.id }).from(table).where(eq(table.id, id)).for('update');
    return find(tx, id, and(visible?.(tx), where));
  }

  async function lockToChange(tx: Ctx, id: number, where?: SQL): Promise<Row> {
    const row = await lock(tx, id, and(isLive, where));
    if (definition.mayChange?.(tx, row) === false) throw new AppError('INSUFFICIENT_PERMISSIONS');
    return row;
  }

  async function show(ctx: Ctx, row: Row): Promise<View> {
    const [shown] = await view(ctx, [row]);
    if (!shown) throw new Error(`the view of ${entity} lost a row`);
    return shown;
  }

  type Change = { before: Row | null; after: Row | null };

  async function write<Answer>(
    ctx: Ctx,
    work: (tx: Ctx) => Promise<Change & { answer: Answer }>,
  ): Promise<Answer> {
    const changes: Change[] = [];
    const answer = await transaction(ctx, async (tx) => {
      const done = await work(tx);
      changes.push(done);
      return done.answer;
    });
    const change = changes.at(-1);
    if (change) await definition.committed?.(ctx, change.before, change.after);
    return answer;
  }

  async function index(tx: Ctx, id: number, before: Row | null, after: Row): Promise<void> {
    if (search) await indexTexts(tx, search, [{ id, before: textOf(before), after: textOf(after) }]);
  }

  async function set(tx: Ctx, id: number, changes: Record<string, unknown>): Promise<Row> {
    try {
      await tx.db
        .update(table)
        .set({ ...changes, updatedAt: tx.now })
        .where(eq(table.id, id));
    } catch (error) {
      throw await takenByDeleted(tx, table, changes, error);
    }
    return find(tx, id, undefined);
  }

  function orderBy(ordering: Field | `-${Field}`): SQL[] {
    const direction = ordering.startsWith('-') ? desc : asc;
    const named: MySqlColumn | MySqlColumn[] = definition.ordering[ordering.replace('-', '') as Field];
    const columns = [named].flat();
    // A unique value needs no tie-break, and MariaDB would sort the whole table for one.
    if (!columns.some((column) => unique.has(column.name))) columns.push(table.id);
    return columns.map((column) => direction(column));
  }

  return {
    /**
     * A page of the records that satisfy `filters`; with `deleted`, of those that were deleted.
     * @throws AppError INSUFFICIENT_PERMISSIONS when the caller may not see deleted records
     */
    async list(ctx: Ctx, query: ListQuery<Field>, filters?: SQL) {
      if (query.deleted && !(definition.restore && may(ctx, definition.restore))) {
        throw new AppError('INSUFFICIENT_PERMISSIONS');
      }
      const found = search && (await searchFor(ctx, search, query.search));
      const mine = visible?.(ctx);
      const isNarrowed = Boolean(mine ?? filters ?? query.deleted);
      const where = and(
        query.deleted ? isDeleted : isLive,
        mine,
        filters,
        search && found && isFound(search, found, isNarrowed),
      );
      // No index gives what is found in another order than its key's.
      const order =
        found && !query.ordering ? [desc(table.id)] : orderBy(query.ordering ?? definition.defaultOrdering);
      const matching = () => ctx.db.select({ id: table.id }).from(table).where(where).$dynamic();
      return page<View>(ctx, query, {
        name: entity,
        bound: found?.isCommon ? MOST_FOUND : undefined,
        count: (atMost) => countRows(ctx, matching() as never, atMost),
        results: async (limit, offset) => {
          // The page's ids come from an index; only its rows are read whole.
          const ids = matching()
            .orderBy(...order)
            .limit(limit)
            .offset(offset)
            .as('ids');
          const rows = await ctx.db
            .select(getTableColumns(table))
            .from(table)
            .innerJoin(ids, eq(ids.id, table.id))
            .orderBy(...order);
          return view(ctx, rows as Row[]);
        },
      });
    },

    /** @throws AppError NOT_FOUND when it is not there or not the caller's to see */
    get: async (ctx: Ctx, id: number): Promise<View> =>
      show(ctx, await find(ctx, id, and(isLive, visible?.(ctx)))),

    /** `related` writes what belongs to the record in other tables. @throws FieldConflict */
    create: (
      ctx: Ctx,
      values: (tx: Ctx) => New | Promise<New>,
      related?: (tx: Ctx, id: number) => Promise<void>,
    ): Promise<View> =>
      write(ctx, async (tx) => {
        const row = { ...(await values(tx)), createdAt: tx.now, updatedAt: tx.now };
        const insert = tx.db.insert(table).values(row);
        const [{ insertId: id }] = await insert.catch(async (error: unknown) => {
          throw await takenByDeleted(tx, table, row, error);
        });
        await related?.(tx, id);
        const after = await find(tx, id, undefined);
        await index(tx, id, null, after);
        await definition.changed?.(tx, after);
        const answer = await show(tx, after);
        await audit(tx, { action: 'create', entity, entityId: id, after: answer });
        return { before: null, after, answer };
      }),

    /**
     * Sets what `changes` says of the row as it is; `related` writes what belongs to the record in other tables.
     * @throws FieldConflict, AppError NOT_FOUND, INSUFFICIENT_PERMISSIONS or PRECONDITION_FAILED
     */
    update: (
      ctx: Ctx,
      id: number,
      changes: (tx: Ctx, current: Row) => Partial<New> | Promise<Partial<New>>,
      related?: (tx: Ctx, id: number) => Promise<void>,
    ): Promise<View> =>
      write(ctx, async (tx) => {
        const before = await lockToChange(tx, id);
        const shown = await show(tx, before);
        assertUnchanged(tx, shown);
        const wanted = await changes(tx, before);
        const after = await set(tx, id, wanted);
        await index(tx, id, before, after);
        await related?.(tx, id);
        await definition.changed?.(tx, after);
        const answer = await show(tx, after);
        await audit(tx, { action: 'update', entity, entityId: id, before: shown, after: answer });
        return { before, after, answer };
      }),

    /**
     * Deletes the record, in a way that can be undone where the table has `deletedAt`.
     * @throws AppError NOT_FOUND, INSUFFICIENT_PERMISSIONS or PRECONDITION_FAILED
     */
    remove: (ctx: Ctx, id: number, where?: SQL) =>
      write(ctx, async (tx) => {
        const before = await lockToChange(tx, id, where);
        const shown = await show(tx, before);
        assertUnchanged(tx, shown);
        await definition.assertRemovable?.(tx, before);
        if (deletedAt) await set(tx, id, { deletedAt: tx.now });
        else await tx.db.delete(table).where(eq(table.id, id));
        await definition.changed?.(tx, before);
        await audit(tx, { action: 'delete', entity, entityId: id, before: shown });
        return { before, after: null, answer: success(tx, DELETED) };
      }),

    /** Takes a deletion back. @throws AppError NOT_FOUND when there is no such deleted record */
    restore: (ctx: Ctx, id: number): Promise<View> =>
      write(ctx, async (tx) => {
        await lock(tx, id, isDeleted);
        const after = await set(tx, id, { deletedAt: null });
        await definition.changed?.(tx, after);
        const answer = await show(tx, after);
        await audit(tx, { action: 'restore', entity, entityId: id, after: answer });
        return { before: null, after, answer };
      }),
  };
}

/** What a record with a search index is searched by. */
const textOf = (row: { searchText?: string } | null): string => row?.searchText ?? '';

/** The names of the columns that alone tell a row. */
function uniqueColumns(table: RecordTable): Set<string> {
  const alone = getTableConfig(table)
    .indexes.map(({ config }) => config)
    .filter(({ unique, columns }) => unique && columns.length === 1)
    .flatMap(({ columns }) => columns.filter((column) => is(column, MySqlColumn)));
  return new Set([table.id.name, ...alone.map(({ name }) => name)]);
}
