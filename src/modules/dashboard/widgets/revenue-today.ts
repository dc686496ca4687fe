import * as v from 'valibot';
import { localDay } from '../../../time.ts';
import { tillSums } from '../../reports/cash.ts';
import { defineWidget } from '../widget.ts';

export const revenueToday = defineWidget({
  name: 'revenue_today',
  permission: 'reports:read',
  needsAny: true,
  schema: v.object({
    date: v.string(),
    payments: v.number(),
    paid: v.string(),
    refunds: v.number(),
    refunded: v.string(),
    net: v.string(),
  }),
  load: async (ctx) => {
    const date = localDay(ctx.now, ctx.services.config.timeZone);
    return { date, ...(await tillSums(ctx, { date })).total };
  },
});
