import { type Days, eachDay, plusDays, weekdayOf } from './days.ts';

/** The steps of a series. */
export const GROUPINGS = ['day', 'week', 'month'] as const;
export type Grouping = (typeof GROUPINGS)[number];

/** A step of a series: its first day by the calendar, and the days of it that are asked for. */
export type Period = Days & { period: string };

const FIRST_DAY: Record<Grouping, (day: string) => string> = {
  day: (day) => day,
  week: (day) => plusDays(day, 1 - weekdayOf(day)),
  month: (day) => `${day.slice(0, 7)}-01`,
};

/** The days in steps, ascending; the first and the last may be parts of a week or month. */
export function periodsOf(days: Days, grouping: Grouping): Period[] {
  const periods: Period[] = [];
  for (const day of eachDay(days)) {
    const period = FIRST_DAY[grouping](day);
    const last = periods.at(-1);
    if (last?.period === period) last.to = day;
    else periods.push({ period, from: day, to: day });
  }
  return periods;
}
