import type { Http } from '../../http/plugin.ts';
import { recordRoutes } from '../../http/record-routes.ts';
import { paymentTypeRecords } from './payment-types.ts';
import { NewPaymentType, PaymentType, PaymentTypeQuery } from './payment-types-schemas.ts';

export const paymentTypeRoutes = (http: Http) =>
  recordRoutes(http, {
    prefix: '/api/payment-types',
    tag: 'Payment types',
    permits: { read: 'payment_types:read', write: 'payment_types:write', restore: 'payment_types:restore' },
    schemas: { query: PaymentTypeQuery, new: NewPaymentType, one: PaymentType },
    verbs: paymentTypeRecords,
    summaries: {
      list: 'The ways to pay that the desk offers, each with the `payment_method` it is recorded as',
      create: 'Add a payment type',
      get: 'One payment type',
      replace: 'Replace a payment type',
      change: 'Change a payment type; payments keep their method',
      remove: 'Delete a payment type; payments keep their method',
      restore: 'Take the deletion of a payment type back',
    },
  });
