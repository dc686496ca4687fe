import { sql } from 'drizzle-orm';
import type { Ctx } from '../../context.ts';
import { predeterminedPrices } from './tables.ts';

/** The price of an appointment type, or the clinic's default price; `0.00` when the price list is empty. */
export async function priceOf(ctx: Ctx, appointmentType: string | null): Promise<string> {
  const [row] = await ctx.db
    .select({ price: predeterminedPrices.price })
    .from(predeterminedPrices)
    .where(
      sql`${predeterminedPrices.deletedAt} is null
        and (${predeterminedPrices.name} = ${appointmentType ?? ''} or ${predeterminedPrices.isDefault})`,
    )
    .orderBy(predeterminedPrices.isDefault)
    .limit(1);
  return row?.price ?? '0.00';
}
