import { and, eq, getTableColumns, is, isNotNull } from 'drizzle-orm';
import { getTableConfig, MySqlColumn, type MySqlTable } from 'drizzle-orm/mysql-core';
import type { Ctx } from '../context.ts';
import { conflict } from '../errors.ts';
import { duplicateField } from './failure.ts';

const TAKEN_BY_DELETED = {
  es: 'Lo tiene un registro eliminado, que un administrador puede restaurar.',
  en: 'A deleted record has it, which an administrator can restore.',
};

/**
 * The error to throw for one that a write met: when a unique value is taken by a deleted record, which the caller
 * does not see, a FieldConflict that says so; any other error is returned as it is.
 */
export async function takenByDeleted(
  tx: Ctx,
  table: MySqlTable & { id: MySqlColumn; deletedAt?: MySqlColumn },
  values: Record<string, unknown>,
  error: unknown,
): Promise<unknown> {
  const field = duplicateField(error);
  if (field === undefined || !table.deletedAt) return error;
  const same = columnsOfIndex(table, field).map((column) => {
    const value = values[keyOf(table, column)];
    return value === undefined ? undefined : eq(column, value);
  });
  if (same.length === 0 || same.includes(undefined)) return error;
  const [holder] = await tx.db
    .select({ id: table.id })
    .from(table)
    .where(and(...same, isNotNull(table.deletedAt)));
  return holder ? conflict(field, TAKEN_BY_DELETED) : error;
}

/** The columns of the unique index that is named after the field. */
function columnsOfIndex(table: MySqlTable, field: string): MySqlColumn[] {
  const { indexes } = getTableConfig(table);
  const index = indexes.find(({ config }) => config.name.endsWith(`__${field}`));
  return index?.config.columns.filter((column) => is(column, MySqlColumn)) ?? [];
}

const keyOf = (table: MySqlTable, column: MySqlColumn): string =>
  Object.entries(getTableColumns(table)).find(([, one]) => one === column)?.[0] ?? '';
