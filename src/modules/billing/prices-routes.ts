import { Elysia } from 'elysia';
import type { Http } from '../../http/plugin.ts';
import { IdParams, Success } from '../../http/schemas.ts';
import { changePrice, createPrice, getPrice, listPrices, removePrice, restorePrice } from './prices.ts';
import { NewPrice, Price, PriceChanges, PricePage, PriceQuery } from './prices-schemas.ts';

const one = { etag: true, params: IdParams, response: { 200: Price } } as const;

export const priceRoutes = (http: Http) =>
  new Elysia({ prefix: '/api/predetermined-prices', tags: ['Prices'] })
    .use(http)
    .get('/', ({ ctx, query }) => listPrices(ctx, query), {
      permit: 'prices:read',
      query: PriceQuery,
      response: { 200: PricePage },
      detail: {
        summary:
          'The price list: an appointment costs what the entry named like its type says, or the default entry',
      },
    })
    .post('/', async ({ ctx, body, status }) => status(201, await createPrice(ctx, body)), {
      permit: 'prices:write',
      idempotent: true,
      etag: true,
      body: NewPrice,
      response: { 201: Price },
      detail: { summary: 'Add a price' },
    })
    .get('/:id/', ({ ctx, params }) => getPrice(ctx, params.id), {
      permit: 'prices:read',
      ...one,
      detail: { summary: 'One price' },
    })
    .put('/:id/', ({ ctx, params, body }) => changePrice(ctx, params.id, body), {
      permit: 'prices:write',
      ...one,
      body: NewPrice,
      detail: { summary: 'Replace a price' },
    })
    .patch('/:id/', ({ ctx, params, body }) => changePrice(ctx, params.id, body), {
      permit: 'prices:write',
      ...one,
      body: PriceChanges,
      detail: { summary: 'Change a price; booked appointments keep theirs' },
    })
    .delete('/:id/', ({ ctx, params }) => removePrice(ctx, params.id), {
      permit: 'prices:write',
      ...one,
      response: { 200: Success },
      detail: { summary: 'Delete a price' },
    })
    .post('/:id/restore/', ({ ctx, params }) => restorePrice(ctx, params.id), {
      permit: 'prices:restore',
      ...one,
      detail: { summary: 'Take the deletion of a price back; it is not the default price then' },
    });
