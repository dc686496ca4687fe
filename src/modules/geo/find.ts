import { and, asc, desc, eq, getTableName, like } from 'drizzle-orm';
import type * as v from 'valibot';
import type { Ctx } from '../../context.ts';
import { containing, countRows, type Page, page } from '../../db/page.ts';
import { notFound } from '../../errors.ts';
import { plain } from '../../search-text.ts';
import type { Level } from './levels.ts';
import type { DistrictQuery } from './schemas.ts';

/** One place. @throws AppError NOT_FOUND */
export async function getPlace<Row, Place>(
  ctx: Ctx,
  { table, view }: Level<Row, Place>,
  id: number,
): Promise<Place> {
  const [row] = await ctx.db.select().from(table).where(eq(table.id, id));
  if (!row) throw notFound();
  return view(row as Row);
}

/**
 * Places, by name unless `ordering` says otherwise. `name` is a part of the name and `search` words of it, both
 * without regard to accents and case.
 */
export function listPlaces<Row, Place>(
  ctx: Ctx,
  { table, view, within }: Level<Row, Place>,
  query: v.InferOutput<typeof DistrictQuery>,
): Promise<Page<Place>> {
  const parts = [query.name ?? '', ...(query.search ?? '').split(/\s+/)].filter(Boolean);
  const where = and(
    ...parts.map((part) => like(table.searchName, containing(plain(part)))),
    ...(['country', 'region', 'province'] as const).map((above) => {
      const id = query[above];
      return id === undefined ? undefined : within[above]?.(id);
    }),
  );
  const ordering = query.ordering ?? 'name';
  const direction = ordering.startsWith('-') ? desc : asc;
  const order = ordering.endsWith('name')
    ? [direction(table.searchName), asc(table.id)]
    : [direction(table.id)];
  return page(ctx, query, {
    name: getTableName(table),
    count: (atMost) =>
      countRows(ctx, ctx.db.select({ id: table.id }).from(table).where(where).$dynamic() as never, atMost),
    results: async (limit, offset) => {
      const rows = await ctx.db
        .select()
        .from(table)
        .where(where)
        .orderBy(...order)
        .limit(limit)
        .offset(offset);
      return rows.map((row) => view(row as Row));
    },
  });
}
