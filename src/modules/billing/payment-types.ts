import { and, eq } from 'drizzle-orm';
import type * as v from 'valibot';
import type { Ctx } from '../../context.ts';
import { columnsOf } from '../../db/casing.ts';
import { resource } from '../../db/resource.ts';
import { containsWords } from '../../db/search.ts';
import type { NewPaymentType, PaymentTypeChanges, PaymentTypeQuery } from './payment-types-schemas.ts';
import { paymentTypes as table } from './tables.ts';

const paymentTypeView = (row: typeof table.$inferSelect) => ({
  id: row.id,
  name: row.name,
  code: row.code,
  description: row.description,
  is_active: row.isActive,
});

const records = resource({
  entity: 'payment_type',
  table,
  view: (_, rows) => rows.map(paymentTypeView),
  ordering: { id: table.id, name: table.name },
  defaultOrdering: 'id',
  restore: 'payment_types:restore',
});

export const { get: getPaymentType, remove: removePaymentType, restore: restorePaymentType } = records;

export const listPaymentTypes = (ctx: Ctx, query: v.InferOutput<typeof PaymentTypeQuery>) =>
  records.list(
    ctx,
    query,
    and(
      query.code === undefined ? undefined : eq(table.code, query.code),
      query.is_active === undefined ? undefined : eq(table.isActive, query.is_active),
      containsWords(table.name, query.search),
    ),
  );

export const createPaymentType = (ctx: Ctx, input: v.InferOutput<typeof NewPaymentType>) =>
  records.create(ctx, () => columnsOf(input));

export const changePaymentType = (ctx: Ctx, id: number, input: v.InferOutput<typeof PaymentTypeChanges>) =>
  records.update(ctx, id, () => columnsOf(input));
