import type { Ctx } from '../../../context.ts';
import type { Database } from '../../../db/client.ts';
import { changes, percent } from './compare.ts';
import { before, type Days } from './days.ts';
import { figuresByDay, figuresOf } from './figures.ts';
import { offeredMinutes } from './offered.ts';
import type { SeriesInput } from './parameters.ts';
import { chosenTherapists, namedTherapists } from './people.ts';
import { groupSums } from './series.ts';
import { appointmentsIn, noSums, type Sums, together } from './sums.ts';

/**
 * Appointments by state, no-shows and occupancy. The no-show rate is of those who were expected (completed and not
 * shown up); occupancy is the minutes kept for patients (neither cancelled nor missed) of those offered.
 */
export const appointmentStatistics = (ctx: Ctx, { start, end, group_by, ...filters }: SeriesInput) =>
  ctx.services.snapshot(async (db) => {
    const { timeZone } = ctx.services.config;
    const days = { from: start, to: end };
    const ids = await chosenTherapists(db, filters);
    const figures = await figuresOf(db, days, timeZone, ids);
    const offered = await offeredMinutes(db, days, timeZone, ids);
    const steps = groupSums(days, group_by, figures.byDay);
    const totals = totalsOf(together(figures.byDay.values()), minutesOn(offered.byDay.keys(), offered.byDay));
    const earlier = before(days);
    const previous = await totalsOn(db, earlier, timeZone, ids);
    const people = await namedTherapists(db, figures.byTherapist.keys(), ids);
    return {
      start,
      end,
      group_by,
      totals,
      previous: { start: earlier.from, end: earlier.to, ...previous },
      change_percent: changes(totals, previous),
      series: steps.map(({ sums, days: own, ...period }) => ({
        ...period,
        ...totalsOf(sums, minutesOn(own, offered.byDay)),
      })),
      therapists: people.map(({ id, name }) => ({
        id,
        name,
        ...totalsOf(figures.byTherapist.get(id) ?? noSums(), offered.byTherapist.get(id) ?? 0),
      })),
    };
  });

/** The same totals of some days alone; `db` is a snapshot's handle. */
export async function totalsOn(db: Database, days: Days, timeZone: string, ids?: readonly number[]) {
  const byDay = await figuresByDay(db, days, timeZone, ids);
  const offered = await offeredMinutes(db, days, timeZone, ids);
  return totalsOf(together(byDay.values()), minutesOn(offered.byDay.keys(), offered.byDay));
}

const minutesOn = (days: Iterable<string>, offered: ReadonlyMap<string, number>): number => {
  let total = 0;
  for (const day of days) total += offered.get(day) ?? 0;
  return total;
};

function totalsOf(sums: Sums, offeredInMinutes: number) {
  const { pending, confirmed, in_progress, completed, cancelled, no_show, bookedMinutes } = sums;
  return {
    total: appointmentsIn(sums),
    pending,
    confirmed,
    in_progress,
    completed,
    cancelled,
    no_show,
    no_show_rate: percent(no_show, completed + no_show),
    booked_minutes: bookedMinutes,
    offered_minutes: offeredInMinutes,
    occupancy: percent(bookedMinutes, offeredInMinutes),
  };
}
