import { and, between, isNull } from 'drizzle-orm';
import type { Ctx } from '../context.ts';
import { holidays } from '../modules/therapists/tables.ts';
import { localDay } from '../time.ts';
import { plusDays } from './plan.ts';

const SUNDAY = 7;

/** The days from `back` days ago to `ahead` days from now on which the clinic is open: no Sundays, no holidays. */
export async function openDays(ctx: Ctx, back: number, ahead: number): Promise<string[]> {
  const today = localDay(ctx.now, ctx.services.config.timeZone);
  const last = plusDays(today, ahead);
  const first = plusDays(today, -back);
  const rows = await ctx.db
    .select({ date: holidays.date })
    .from(holidays)
    .where(and(between(holidays.date, first, last), isNull(holidays.deletedAt)));
  const closed = new Set(rows.map(({ date }) => date));
  const days: string[] = [];
  for (let day = first; day <= last; day = plusDays(day, 1)) {
    if (Temporal.PlainDate.from(day).dayOfWeek !== SUNDAY && !closed.has(day)) days.push(day);
  }
  return days;
}
