import { Elysia } from 'elysia';
import type * as v from 'valibot';
import type { Http } from '../../http/plugin.ts';
import { IdParams, pageOf } from '../../http/schemas.ts';
import { getPlace, listPlaces } from './find.ts';
import { country, district, type Level, province, region } from './levels.ts';
import {
  Country,
  CountryQuery,
  District,
  DistrictQuery,
  Province,
  ProvinceQuery,
  Region,
  RegionQuery,
} from './schemas.ts';

type Query = typeof CountryQuery | typeof RegionQuery | typeof ProvinceQuery | typeof DistrictQuery;

/** Geography: the same two routes for each kind of place; clients may keep the answers for an hour. */
export const geoRoutes = (http: Http) =>
  new Elysia({ name: 'geo' })
    .use(placeRoutes(http, 'countries', country, CountryQuery, Country))
    .use(placeRoutes(http, 'regions', region, RegionQuery, Region))
    .use(placeRoutes(http, 'provinces', province, ProvinceQuery, Province))
    .use(placeRoutes(http, 'districts', district, DistrictQuery, District));

function placeRoutes<const Name extends string, Row, Place, Item extends v.GenericSchema<Place>>(
  http: Http,
  name: Name,
  level: Level<Row, Place>,
  query: Query,
  item: Item,
) {
  return new Elysia({ prefix: `/api/geo/${name}`, tags: ['Geography'] })
    .use(http)
    .onAfterHandle(({ set }) => {
      set.headers['cache-control'] = 'private, max-age=3600';
    })
    .get('/', ({ ctx, query }) => listPlaces(ctx, level, query), {
      permit: 'geo:read',
      etag: true,
      query,
      response: { 200: pageOf(item) },
      detail: { summary: `The ${name} that match` },
    })
    .get('/:id/', ({ ctx, params }) => getPlace(ctx, level, params.id), {
      permit: 'geo:read',
      etag: true,
      params: IdParams,
      response: { 200: item },
      detail: { summary: `One of the ${name}` },
    });
}
