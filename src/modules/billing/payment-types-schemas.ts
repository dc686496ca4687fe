import * as v from 'valibot';
import { FlagText, Line, OrNull, recordQuery } from '../../http/schemas.ts';
import { PAYMENT_METHODS } from './tables.ts';

/** `code` is the `payment_method` that a payment of this type is recorded as: several types may share one. */
export const NewPaymentType = v.object({
  name: Line(60),
  code: v.optional(v.picklist(PAYMENT_METHODS), 'otro'),
  description: OrNull(Line(255)),
  is_active: v.optional(v.boolean(), true),
});

export const PaymentType = v.object({
  id: v.number(),
  name: v.string(),
  code: v.picklist(PAYMENT_METHODS),
  description: v.nullable(v.string()),
  is_active: v.boolean(),
});

export const PaymentTypeQuery = recordQuery(['id', 'name'], {
  code: v.optional(v.picklist(PAYMENT_METHODS)),
  is_active: v.optional(FlagText),
});
