import { and, asc, eq, isNull, ne } from 'drizzle-orm';
import type * as v from 'valibot';
import { type Ctx, transaction } from '../../context.ts';
import { columnsOf } from '../../db/casing.ts';
import { resource } from '../../db/resource.ts';
import { containsWords } from '../../db/search.ts';
import type { NewPrice, PriceChanges, PriceQuery } from './prices-schemas.ts';
import { predeterminedPrices as table } from './tables.ts';

const priceView = (row: typeof table.$inferSelect) => ({
  id: row.id,
  name: row.name,
  price: row.price,
  is_default: row.isDefault,
});

const records = resource({
  entity: 'price',
  table,
  view: (_, rows) => rows.map(priceView),
  ordering: { name: table.name, price: table.price },
  defaultOrdering: 'name',
  restore: 'prices:restore',
});

export const { get: getPrice, remove: removePrice } = records;

export const listPrices = (ctx: Ctx, query: v.InferOutput<typeof PriceQuery>) =>
  records.list(ctx, query, containsWords(table.name, query.search));

export const createPrice = (ctx: Ctx, input: v.InferOutput<typeof NewPrice>) =>
  records.create(
    ctx,
    () => columnsOf(input),
    (tx, id) => keepOneDefault(tx, id, input.is_default),
  );

export const changePrice = (ctx: Ctx, id: number, input: v.InferOutput<typeof PriceChanges>) =>
  records.update(
    ctx,
    id,
    () => columnsOf(input),
    (tx) => keepOneDefault(tx, id, input.is_default),
  );

/** A restored price is an ordinary one: the clinic may have chosen another default in the meantime. */
export const restorePrice = (ctx: Ctx, id: number) =>
  transaction(ctx, async (tx) => {
    const price = await records.restore(tx, id);
    return price.is_default ? records.update(withoutIfMatch(tx), id, () => ({ isDefault: false })) : price;
  });

/** The price that becomes the default takes the place of the one that was; two at once take turns at the first row. */
async function keepOneDefault(tx: Ctx, id: number, isDefault: boolean | undefined): Promise<void> {
  if (!isDefault) return;
  await tx.db.select({ id: table.id }).from(table).orderBy(asc(table.id)).limit(1).for('update');
  const others = await tx.db
    .select({ id: table.id })
    .from(table)
    .where(and(eq(table.isDefault, true), isNull(table.deletedAt), ne(table.id, id)));
  for (const other of others) {
    await records.update(withoutIfMatch(tx), other.id, () => ({ isDefault: false }));
  }
}

/** The header is about the record that the request names, not about those that change with it. */
const withoutIfMatch = (tx: Ctx): Ctx => ({ ...tx, ifMatch: null });
