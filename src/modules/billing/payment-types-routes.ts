import type { Http } from '../../http/plugin.ts';
import { recordRoutes } from '../../http/record-routes.ts';
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

export const paymentTypeRoutes = (http: Http) =>
  recordRoutes(http, {
    prefix: '/api/payment-types',
    tag: 'Payment types',
    permits: { read: 'payment_types:read', write: 'payment_types:write', restore: 'payment_types:restore' },
    schemas: {
      query: PaymentTypeQuery,
      page: PaymentTypePage,
      new: NewPaymentType,
      changes: PaymentTypeChanges,
      one: PaymentType,
    },
    verbs: {
      list: listPaymentTypes,
      create: createPaymentType,
      get: getPaymentType,
      change: changePaymentType,
      remove: removePaymentType,
      restore: restorePaymentType,
    },
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
