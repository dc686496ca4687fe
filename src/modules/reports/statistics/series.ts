import { type Days, eachDay } from './days.ts';
import { type Grouping, type Period, periodsOf } from './periods.ts';
import { add, noSums, type Sums } from './sums.ts';

/** A step of a series with what happened in it, and its days. */
export type Step = Period & { sums: Sums; days: string[] };

/** Adds the figures of days up by steps; a step in which nothing happened has zeros. */
export const groupSums = (days: Days, grouping: Grouping, byDay: ReadonlyMap<string, Sums>): Step[] =>
  periodsOf(days, grouping).map((period) => {
    const sums = noSums();
    const own = eachDay(period);
    for (const day of own) {
      const more = byDay.get(day);
      if (more) add(sums, more);
    }
    return { ...period, sums, days: own };
  });
