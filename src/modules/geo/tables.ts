import { bigint, char, index, mysqlTable, uniqueIndex, varchar } from 'drizzle-orm/mysql-core';
import { reference } from '../../db/columns.ts';

/** The official code is the key: ISO 3166-1 numeric for a country, INEI's ubigeo for Peru's divisions. */
const code = () => bigint({ mode: 'number', unsigned: true }).primaryKey();

const name = () => varchar({ length: 100 }).notNull();

/** The name without accents or case: what `name`, `search` and `ordering=name` work on. */
const searchName = () => varchar({ length: 100 }).notNull();

/** Every country and territory of ISO 3166-1. */
export const countries = mysqlTable(
  'countries',
  {
    id: code(),
    name: name(),
    isoAlpha2: char({ length: 2 }).notNull(),
    isoAlpha3: char({ length: 3 }).notNull(),
    phonePrefix: varchar({ length: 10 }).notNull(),
    searchName: searchName(),
  },
  (t) => [
    uniqueIndex('uq_countries__iso_alpha2').on(t.isoAlpha2),
    uniqueIndex('uq_countries__iso_alpha3').on(t.isoAlpha3),
    index('countries_name').on(t.searchName),
  ],
);

/** Peru's departments and the Constitutional Province of Callao: 15 is Lima. */
export const regions = mysqlTable(
  'regions',
  {
    id: code(),
    name: name(),
    countryId: reference()
      .notNull()
      .references(() => countries.id),
    searchName: searchName(),
  },
  (t) => [index('regions_name').on(t.searchName)],
);

/** 1501 is Lima in Lima. */
export const provinces = mysqlTable(
  'provinces',
  {
    id: code(),
    name: name(),
    regionId: reference()
      .notNull()
      .references(() => regions.id),
    searchName: searchName(),
  },
  (t) => [index('provinces_name').on(t.searchName)],
);

/** 150101 is Lima in Lima in Lima. */
export const districts = mysqlTable(
  'districts',
  {
    id: code(),
    name: name(),
    provinceId: reference()
      .notNull()
      .references(() => provinces.id),
    regionId: reference()
      .notNull()
      .references(() => regions.id),
    searchName: searchName(),
  },
  (t) => [index('districts_name').on(t.searchName)],
);
