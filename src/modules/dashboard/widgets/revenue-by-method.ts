import * as v from 'valibot';
import { localDay } from '../../../time.ts';
import { tillSums } from '../../reports/cash.ts';
import { defineWidget } from '../widget.ts';

/** Today's, for the methods that money moved by. */
export const revenueByMethod = defineWidget({
  name: 'revenue_by_method',
  permission: 'reports:read',
  needsAny: true,
  schema: v.array(v.object({ method: v.string(), payments: v.number(), net: v.string() })),
  load: async (ctx) => {
    const date = localDay(ctx.now, ctx.services.config.timeZone);
    const { byMethod } = await tillSums(ctx, { date });
    return byMethod.map(({ method, payments, net }) => ({ method, payments, net }));
  },
});
