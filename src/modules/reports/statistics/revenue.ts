import type { Ctx } from '../../../context.ts';
import { PAYMENT_METHODS } from '../../billing/tables.ts';
import { changes } from './compare.ts';
import { before } from './days.ts';
import { figuresByDay, figuresOf } from './figures.ts';
import type { SeriesInput } from './parameters.ts';
import { chosenTherapists, namedTherapists } from './people.ts';
import { groupSums } from './series.ts';
import { netIn, noSums, paymentsIn, type Sums, together, toMoney } from './sums.ts';

/** Money taken and given back, each on its day, by step, method and therapist; `net` is what was taken less refunds. */
export const revenueStatistics = (ctx: Ctx, { start, end, group_by, ...filters }: SeriesInput) =>
  ctx.services.snapshot(async (db) => {
    const { timeZone } = ctx.services.config;
    const days = { from: start, to: end };
    const ids = await chosenTherapists(db, filters);
    const { byDay, byTherapist } = await figuresOf(db, days, timeZone, ids);
    const earlier = before(days);
    const [sums, past] = [
      together(byDay.values()),
      together((await figuresByDay(db, earlier, timeZone, ids)).values()),
    ];
    const [totals, previous] = [totalsOf(sums), totalsOf(past)];
    const people = await namedTherapists(db, byTherapist.keys(), ids);
    return {
      start,
      end,
      group_by,
      totals,
      previous: { start: earlier.from, end: earlier.to, ...previous },
      change_percent: changes(totals, previous),
      by_method: PAYMENT_METHODS.map((method) => ({
        method,
        payments: sums[`payments_${method}`],
        net: toMoney(sums[`net_${method}`]),
      })),
      series: groupSums(days, group_by, byDay).map(({ sums: own, days: _, ...period }) => ({
        ...period,
        ...totalsOf(own),
      })),
      therapists: people.map(({ id, name }) => ({ id, name, ...totalsOf(byTherapist.get(id) ?? noSums()) })),
    };
  });

const totalsOf = (sums: Sums) => ({
  payments: paymentsIn(sums),
  refunds: sums.refunds,
  gross: toMoney(netIn(sums) + sums.refunded),
  refunded: toMoney(sums.refunded),
  net: toMoney(netIn(sums)),
});
