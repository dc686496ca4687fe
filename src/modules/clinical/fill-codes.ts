import { sql } from 'drizzle-orm';
import { type Ctx, transaction } from '../../context.ts';
import { diagnosisCodes } from './tables.ts';

/** How many rows `cie10.ts` has; known here so that a start with a full table need not load them. */
export const CODES = 14_204;

const ROWS_PER_INSERT = 2_000;

/** Fills the catalogue of CIE-10 codes unless every row is there. Any number of instances may ask at once. */
export async function ensureDiagnosisCodes(ctx: Ctx): Promise<void> {
  if ((await ctx.db.$count(diagnosisCodes)) >= CODES) return;
  const { cie10 } = await import('./cie10.ts');
  await transaction(ctx, async ({ db }) => {
    for (let start = 0; start < cie10.length; start += ROWS_PER_INSERT) {
      await db
        .insert(diagnosisCodes)
        .values(cie10.slice(start, start + ROWS_PER_INSERT))
        .onDuplicateKeyUpdate({
          set: {
            name: sql`values(${diagnosisCodes.name})`,
            searchText: sql`values(${diagnosisCodes.searchText})`,
          },
        });
    }
  });
}
