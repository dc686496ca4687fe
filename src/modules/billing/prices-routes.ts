import type { Http } from '../../http/plugin.ts';
import { recordRoutes } from '../../http/record-routes.ts';
import { priceRecords } from './prices.ts';
import { NewPrice, Price, PriceQuery } from './prices-schemas.ts';

export const priceRoutes = (http: Http) =>
  recordRoutes(http, {
    prefix: '/api/predetermined-prices',
    tag: 'Prices',
    permits: { read: 'prices:read', write: 'prices:write', restore: 'prices:restore' },
    schemas: { query: PriceQuery, new: NewPrice, one: Price },
    verbs: priceRecords,
    summaries: {
      list: 'The price list: an appointment costs what the entry named like its type says, or the default entry',
      create: 'Add a price',
      get: 'One price',
      replace: 'Replace a price',
      change: 'Change a price; booked appointments keep theirs',
      remove: 'Delete a price',
      restore: 'Take the deletion of a price back; it is not the default price then',
    },
  });
