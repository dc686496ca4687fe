import { eq, inArray, type SQL } from 'drizzle-orm';
import { type MySqlColumn, QueryBuilder } from 'drizzle-orm/mysql-core';
import { countries, districts, provinces, regions } from './tables.ts';

export type PlaceTable = typeof countries | typeof regions | typeof provinces | typeof districts;

/** One of the four kinds of places: its table, how a row is shown, and the places above that can narrow a list. */
export type Level<Row, Place> = {
  table: PlaceTable;
  view: (row: Row) => Place;
  within: { [Above in 'country' | 'region' | 'province']?: (id: number) => SQL };
};

const level = <Table extends PlaceTable, Place>(
  table: Table,
  view: (row: Table['$inferSelect']) => Place,
  within: Level<unknown, unknown>['within'],
): Level<Table['$inferSelect'], Place> => ({ table, view, within });

const digits = (id: number, length: number): string => String(id).padStart(length, '0');

const regionIn = (regionId: MySqlColumn) => (country: number) =>
  inArray(
    regionId,
    new QueryBuilder().select({ id: regions.id }).from(regions).where(eq(regions.countryId, country)),
  );

export const country = level(
  countries,
  (row) => ({
    id: row.id,
    name: row.name,
    iso_alpha2: row.isoAlpha2,
    iso_alpha3: row.isoAlpha3,
    iso_numeric: digits(row.id, 3),
    phone_prefix: row.phonePrefix,
  }),
  {},
);

export const region = level(
  regions,
  (row) => ({ id: row.id, name: row.name, ubigeo: digits(row.id, 2), country_id: row.countryId }),
  { country: (id) => eq(regions.countryId, id) },
);

export const province = level(
  provinces,
  (row) => ({ id: row.id, name: row.name, ubigeo: digits(row.id, 4), region_id: row.regionId }),
  { country: regionIn(provinces.regionId), region: (id) => eq(provinces.regionId, id) },
);

export const district = level(
  districts,
  (row) => ({
    id: row.id,
    name: row.name,
    ubigeo: digits(row.id, 6),
    province_id: row.provinceId,
    region_id: row.regionId,
  }),
  {
    country: regionIn(districts.regionId),
    region: (id) => eq(districts.regionId, id),
    province: (id) => eq(districts.provinceId, id),
  },
);
