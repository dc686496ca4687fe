import { sql } from 'drizzle-orm';
import type { Ctx } from '../context.ts';

/**
 * Makes every other process that asks wait until this transaction has ended: it locks the first row of the migrations'
 * table, which each migrated database has.
 */
export async function waitForTurn(tx: Ctx): Promise<void> {
  await tx.db.execute(sql`select id from __drizzle_migrations order by id limit 1 for update`);
}
