import * as v from 'valibot';
import { Line, MoneyIn, MoneyOut, recordQuery } from '../../http/schemas.ts';

export const NewPrice = v.object({
  name: Line(60),
  price: MoneyIn,
  is_default: v.optional(v.boolean(), false),
});

export const Price = v.object({
  id: v.number(),
  name: v.string(),
  price: MoneyOut,
  is_default: v.boolean(),
});

export const PriceQuery = recordQuery(['name', 'price'], {});
