import { and, asc, eq, isNull, ne } from 'drizzle-orm';
import type * as v from 'valibot';
import { type Ctx, transaction } from '../../context.ts';
import { catalogue } from '../../db/catalogue.ts';
import type { ChangesOf } from '../../http/schemas.ts';
import type { NewPrice } from './prices-schemas.ts';
import { predeterminedPrices as table } from './tables.ts';

const records = catalogue({
  entity: 'price',
  table,
  fields: ['id', 'name', 'price', 'is_default'],
  ordering: ['name', 'price'],
  search: 'name',
  restore: 'prices:restore',
});

/** What treatments cost. One price at most is the default, which a booking costs. */
export const priceRecords = {
  ...records,

  create: (ctx: Ctx, input: v.InferOutput<typeof NewPrice>) =>
    records.create(ctx, input, (tx, id) => keepOneDefault(tx, id, input.is_default)),

  change: (ctx: Ctx, id: number, input: ChangesOf<typeof NewPrice>) =>
    records.change(ctx, id, input, (tx) => keepOneDefault(tx, id, input.is_default)),

  /** A restored price is an ordinary one: the clinic may have chosen another default in the meantime. */
  restore: (ctx: Ctx, id: number) =>
    transaction(ctx, async (tx) => {
      const price = await records.restore(tx, id);
      return price.is_default ? records.change(withoutIfMatch(tx), id, NOT_DEFAULT) : price;
    }),
};

const NOT_DEFAULT = { is_default: false };

/** The price that becomes the default takes the place of the one that was; two at once take turns at the first row. */
async function keepOneDefault(tx: Ctx, id: number, isDefault: boolean | undefined): Promise<void> {
  if (!isDefault) return;
  await tx.db.select({ id: table.id }).from(table).orderBy(asc(table.id)).limit(1).for('update');
  const others = await tx.db
    .select({ id: table.id })
    .from(table)
    .where(and(eq(table.isDefault, true), isNull(table.deletedAt), ne(table.id, id)));
  for (const other of others) await records.change(withoutIfMatch(tx), other.id, NOT_DEFAULT);
}

/** The header is about the record that the request names, not about those that change with it. */
const withoutIfMatch = (tx: Ctx): Ctx => ({ ...tx, ifMatch: null });
