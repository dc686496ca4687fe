import { and, eq, isNull, or, sql } from 'drizzle-orm';
import type { Ctx } from '../../context.ts';
import { statement } from '../../db/statement.ts';
import { predeterminedPrices as prices } from './tables.ts';

const priceNamed = statement((db) =>
  db
    .select({ price: prices.price })
    .from(prices)
    .where(
      and(isNull(prices.deletedAt), or(eq(prices.name, sql.placeholder('name')), eq(prices.isDefault, true))),
    )
    .orderBy(prices.isDefault)
    .limit(1),
);

/** The price of an appointment type, or the clinic's default price; `0.00` when the price list is empty. */
export async function priceOf(ctx: Ctx, appointmentType: string | null): Promise<string> {
  const [row] = await priceNamed(ctx.db, { name: appointmentType ?? '' });
  return row?.price ?? '0.00';
}
