import * as v from 'valibot';
import { localDay } from '../../../time.ts';
import { changePercent, percent } from '../../reports/statistics/compare.ts';
import { before, type Days, plusDays } from '../../reports/statistics/days.ts';
import { figuresByDay } from '../../reports/statistics/figures.ts';
import { together } from '../../reports/statistics/sums.ts';
import { defineWidget } from '../widget.ts';

const DAYS = 30;

/** Of the last thirty days, and how it changed from the thirty before. */
export const noShowRate = defineWidget({
  name: 'no_show_rate',
  permission: 'reports:read',
  needsAny: true,
  schema: v.object({
    from: v.string(),
    to: v.string(),
    no_show: v.number(),
    completed: v.number(),
    rate: v.nullable(v.number()),
    change_percent: v.nullable(v.number()),
  }),
  load: (ctx) =>
    ctx.services.snapshot(async (db) => {
      const { timeZone } = ctx.services.config;
      const to = localDay(ctx.now, timeZone);
      const days = { from: plusDays(to, 1 - DAYS), to };
      const on = async (some: Days) => {
        const { completed, no_show } = together((await figuresByDay(db, some, timeZone)).values());
        return { no_show, completed, rate: percent(no_show, completed + no_show) };
      };
      const now = await on(days);
      const past = await on(before(days));
      return { ...days, ...now, change_percent: changePercent(now.rate, past.rate) };
    }),
});
