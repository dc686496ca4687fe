import { type SQL, sql } from 'drizzle-orm';
import type { MySqlColumn } from 'drizzle-orm/mysql-core';
import { type Ctx, transaction } from '../../context.ts';
import { countries, districts, provinces, regions } from './tables.ts';

/** How many rows `world.ts` and `peru.ts` have; known here so that a start with full tables need not load them. */
export const GEOGRAPHY = { countries: 249, regions: 25, provinces: 196, districts: 1_892 };

/**
 * Fills the tables unless every row is there; rows that differ are then set right too. Any number of instances may
 * ask at once: the first to write a country makes the others wait for its commit, after which they change nothing.
 */
export async function ensureGeography(ctx: Ctx): Promise<void> {
  if (await isFilled(ctx)) return;
  const { worldCountries } = await import('./world.ts');
  const { peruvianDistricts, peruvianProvinces, peruvianRegions } = await import('./peru.ts');
  await transaction(ctx, async ({ db }) => {
    await db
      .insert(countries)
      .values(worldCountries)
      .onDuplicateKeyUpdate({
        set: {
          ...names(countries),
          isoAlpha2: written(countries.isoAlpha2),
          isoAlpha3: written(countries.isoAlpha3),
          phonePrefix: written(countries.phonePrefix),
        },
      });
    await db
      .insert(regions)
      .values(peruvianRegions)
      .onDuplicateKeyUpdate({ set: names(regions) });
    await db
      .insert(provinces)
      .values(peruvianProvinces)
      .onDuplicateKeyUpdate({ set: names(provinces) });
    await db
      .insert(districts)
      .values(peruvianDistricts)
      .onDuplicateKeyUpdate({ set: names(districts) });
  });
}

async function isFilled({ db }: Ctx): Promise<boolean> {
  for (const [table, rows] of [
    [countries, GEOGRAPHY.countries],
    [regions, GEOGRAPHY.regions],
    [provinces, GEOGRAPHY.provinces],
    [districts, GEOGRAPHY.districts],
  ] as const) {
    if ((await db.$count(table)) < rows) return false;
  }
  return true;
}

/** What the INSERT would have written. */
const written = (column: MySqlColumn): SQL => sql`values(${column})`;

const names = (table: { name: MySqlColumn; searchName: MySqlColumn }) => ({
  name: written(table.name),
  searchName: written(table.searchName),
});
