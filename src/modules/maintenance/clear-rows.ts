import { and, asc, count, gt, inArray, type SQL } from 'drizzle-orm';
import type { MySqlColumn, MySqlTable } from 'drizzle-orm/mysql-core';
import type { Ctx } from '../../context.ts';

/** So few rows are locked at a time that nobody waits for them noticeably. */
const BATCH = 500;
/** Between two batches others have their turn, in ms. */
const PAUSE = 20;

type Key = number | string;

/**
 * Deletes the rows that `where` finds, in short transactions along the primary key `id`, and returns how many; with
 * `dryRun` only counts them. `remove` deletes the rows of these keys another way, with what hangs on them.
 */
export async function clearRows(
  ctx: Ctx,
  {
    table,
    id,
    where,
    remove = async (ids) => void (await ctx.db.delete(table).where(inArray(id, ids))),
  }: { table: MySqlTable; id: MySqlColumn; where: SQL | undefined; remove?: (ids: Key[]) => Promise<void> },
  dryRun: boolean,
): Promise<number> {
  if (dryRun) {
    const [row] = await ctx.db.select({ rows: count() }).from(table).where(where);
    return row?.rows ?? 0;
  }
  let cleared = 0;
  for (let after: Key | undefined; ;) {
    const rows = await ctx.db
      .select({ id })
      .from(table)
      .where(and(where, after === undefined ? undefined : gt(id, after)))
      .orderBy(asc(id))
      .limit(BATCH);
    const ids = rows.map((row) => row.id as Key);
    after = ids.at(-1);
    if (after === undefined) return cleared;
    await remove(ids);
    cleared += ids.length;
    await Bun.sleep(PAUSE);
  }
}
