import { and, eq, getTableColumns, isNotNull } from 'drizzle-orm';
import type { MySqlColumn, MySqlTable } from 'drizzle-orm/mysql-core';
import type { Ctx } from '../context.ts';
import { conflict } from '../errors.ts';
import { columnName } from './casing.ts';
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
  const column = getTableColumns(table)[columnName(field)];
  const value = values[columnName(field)];
  if (!column || value === undefined) return error;
  const [holder] = await tx.db
    .select({ id: table.id })
    .from(table)
    .where(and(eq(column, value), isNotNull(table.deletedAt)));
  return holder ? conflict(field, TAKEN_BY_DELETED) : error;
}
