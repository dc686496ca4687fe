import { and, eq, isNull, or, type SQL, sql } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { predeterminedPrices as prices } from './tables.ts';

/**
 * SQL expression: the price of the appointment type in the placeholder `appointmentType`, or the clinic's default
 * price; `0.00` when the price list has neither.
 */
export function priceOfType(db: Database): SQL<string> {
  const named = eq(prices.name, sql.placeholder('appointmentType'));
  const price = db
    .select({ price: prices.price })
    .from(prices)
    .where(and(isNull(prices.deletedAt), or(named, eq(prices.isDefault, true))))
    .orderBy(prices.isDefault)
    .limit(1);
  return sql<string>`coalesce(${price}, 0.00)`;
}
