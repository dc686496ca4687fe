import { Elysia } from 'elysia';
import type { Http } from '../../http/plugin.ts';
import { IdParams, Success } from '../../http/schemas.ts';
import {
  changePaymentType,
  createPaymentType,
  getPaymentType,
  listPaymentTypes,
  removePaymentType,
  restorePaymentType,
} from './payment-types.ts';
import {
  PaymentType,
  PaymentTypeChanges,
  PaymentTypePage,
  PaymentTypeQuery,
  NewPaymentType,
} from './payment-types-schemas.ts';

const one = { etag: true, params: IdParams, response: { 200: PaymentType } } as const;

export const paymentTypeRoutes = (http: Http) =>
  new Elysia({ prefix: '/api/payment-types', tags: ['Payment types'] })
    .use(http)
    .get('/', ({ ctx, query }) => listPaymentTypes(ctx, query), {
      permit: 'payment_types:read',
      query: PaymentTypeQuery,
      response: { 200: PaymentTypePage },
      detail: {
        summary: 'The ways to pay that the desk offers, each with the `payment_method` it is recorded as',
      },
    })
    .post('/', async ({ ctx, body, status }) => status(201, await createPaymentType(ctx, body)), {
      permit: 'payment_types:write',
      idempotent: true,
      etag: true,
      body: NewPaymentType,
      response: { 201: PaymentType },
      detail: { summary: 'Add a payment type' },
    })
    .get('/:id/', ({ ctx, params }) => getPaymentType(ctx, params.id), {
      permit: 'payment_types:read',
      ...one,
      detail: { summary: 'One payment type' },
    })
    .put('/:id/', ({ ctx, params, body }) => changePaymentType(ctx, params.id, body), {
      permit: 'payment_types:write',
      ...one,
      body: NewPaymentType,
      detail: { summary: 'Replace a payment type' },
    })
    .patch('/:id/', ({ ctx, params, body }) => changePaymentType(ctx, params.id, body), {
      permit: 'payment_types:write',
      ...one,
      body: PaymentTypeChanges,
      detail: { summary: 'Change a payment type; payments keep their method' },
    })
    .delete('/:id/', ({ ctx, params }) => removePaymentType(ctx, params.id), {
      permit: 'payment_types:write',
      ...one,
      response: { 200: Success },
      detail: { summary: 'Delete a payment type; payments keep their method' },
    })
    .post('/:id/restore/', ({ ctx, params }) => restorePaymentType(ctx, params.id), {
      permit: 'payment_types:restore',
      ...one,
      detail: { summary: 'Take the deletion of a payment type back' },
    });
