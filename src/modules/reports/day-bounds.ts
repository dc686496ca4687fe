import { and, type Column, gte, lt, type SQL, sql } from 'drizzle-orm';
import type { Ctx } from '../../context.ts';
import { endOfDay, startOfDay } from '../../time.ts';
import type { Period } from './define.ts';

/** From the first midnight of some days, in the clinic's zone, until before the one after their last. */
export type DayBounds = { from: Temporal.Instant; end: Temporal.Instant };

export function dayBounds(ctx: Ctx, { from, to }: Period): DayBounds {
  const { timeZone } = ctx.services.config;
  return { from: startOfDay(from, timeZone), end: endOfDay(to, timeZone) };
}

/** WHERE of a statement whose values are {@link DayBounds}: the instant is on the days. */
export const isOnDays = (instant: Column): SQL | undefined =>
  and(gte(instant, sql.placeholder('from')), lt(instant, sql.placeholder('end')));
