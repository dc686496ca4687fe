import { count, getTableColumns, type SQL, sql } from 'drizzle-orm';
import type { MySqlColumn } from 'drizzle-orm/mysql-core';
import { type Ctx, transaction } from '../../context.ts';
import type { PlaceTable } from './levels.ts';
import { countries, districts, provinces, regions } from './tables.ts';

/**
 * What `world.ts` and `peru.ts` have: how many rows, and the checksum of what they say. Known here so that a start with
 * right tables need not load them; a test tells the new numbers after a correction.
 */
export const GEOGRAPHY: Record<'countries' | 'regions' | 'provinces' | 'districts', Content> = {
  countries: { rows: 249, checksum: 1_802_652_283 },
  regions: { rows: 25, checksum: 365_016_555 },
  provinces: { rows: 196, checksum: 777_070_667 },
  districts: { rows: 1_892, checksum: 3_496_563_473 },
};

type Content = { rows: number; checksum: number };

/**
 * Fills the tables, and sets right what differs, unless they say what they should. Any number of instances may ask at
 * once: the first to write a country makes the others wait for its commit, after which they change nothing.
 */
export async function ensureGeography(ctx: Ctx): Promise<void> {
  if (await isRight(ctx)) return;
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
      .onDuplicateKeyUpdate({ set: { ...names(regions), countryId: written(regions.countryId) } });
    await db
      .insert(provinces)
      .values(peruvianProvinces)
      .onDuplicateKeyUpdate({ set: { ...names(provinces), regionId: written(provinces.regionId) } });
    await db
      .insert(districts)
      .values(peruvianDistricts)
      .onDuplicateKeyUpdate({
        set: {
          ...names(districts),
          provinceId: written(districts.provinceId),
          regionId: written(districts.regionId),
        },
      });
  });
}

async function isRight(ctx: Ctx): Promise<boolean> {
  const stored = await storedGeography(ctx);
  return JSON.stringify(stored) === JSON.stringify(GEOGRAPHY);
}

/** What the tables have, to be compared with {@link GEOGRAPHY}. */
export const storedGeography = async (ctx: Ctx): Promise<typeof GEOGRAPHY> => ({
  countries: await contentOf(ctx, countries),
  regions: await contentOf(ctx, regions),
  provinces: await contentOf(ctx, provinces),
  districts: await contentOf(ctx, districts),
});

async function contentOf({ db }: Ctx, table: PlaceTable): Promise<Content> {
  const columns = sql.join(Object.values(getTableColumns(table)), sql`, `);
  const [content] = await db
    .select({
      rows: count(),
      checksum: sql`coalesce(bit_xor(crc32(concat_ws('|', ${columns}))), 0)`.mapWith(Number),
    })
    .from(table);
  return content ?? { rows: 0, checksum: 0 };
}

/** What the INSERT would have written. */
const written = (column: MySqlColumn): SQL => sql`values(${column})`;

const names = (table: { name: MySqlColumn; searchName: MySqlColumn }) => ({
  name: written(table.name),
  searchName: written(table.searchName),
});
