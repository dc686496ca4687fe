import * as v from 'valibot';
import { IdText, Line, listQuery } from '../../http/schemas.ts';

const ID = v.optional(IdText);

const placeQuery = <Filters extends v.ObjectEntries>(filters: Filters) =>
  listQuery(['name', 'id'], { name: v.optional(Line(100)), ...filters });

export const CountryQuery = placeQuery({});
export const RegionQuery = placeQuery({ country: ID });
export const ProvinceQuery = placeQuery({ country: ID, region: ID });
export const DistrictQuery = placeQuery({ country: ID, region: ID, province: ID });

export const Country = v.object({
  id: v.number(),
  name: v.string(),
  iso_alpha2: v.string(),
  iso_alpha3: v.string(),
  iso_numeric: v.string(),
  phone_prefix: v.string(),
});

const DIVISION = { id: v.number(), name: v.string(), ubigeo: v.string() };

export const Region = v.object({ ...DIVISION, country_id: v.number() });
export const Province = v.object({ ...DIVISION, region_id: v.number() });
export const District = v.object({ ...DIVISION, province_id: v.number(), region_id: v.number() });
