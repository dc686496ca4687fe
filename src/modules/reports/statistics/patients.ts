import type { Ctx } from '../../../context.ts';
import { changes } from './compare.ts';
import { before, type Days } from './days.ts';
import { figuresByDay } from './figures.ts';
import type { SeriesInput } from './parameters.ts';
import { chosenTherapists } from './people.ts';
import {
  AGE_GROUPS,
  newByDay,
  NO_AGE,
  regionNames,
  type Seen,
  seenOn,
  seenPatients,
  seenTotals,
} from './seen.ts';
import { groupSums } from './series.ts';
import { together } from './sums.ts';

/**
 * Who was treated: patients with a completed appointment, each counted once, new ones against those who had one before,
 * by age and region; a series of sessions and first visits.
 */
export const patientStatistics = (ctx: Ctx, { start, end, group_by, ...filters }: SeriesInput) =>
  ctx.services.snapshot(async (db) => {
    const { timeZone } = ctx.services.config;
    const days = { from: start, to: end };
    const ids = await chosenTherapists(db, filters);
    const on = (some: Days) => seenOn({ db, days: some, timeZone, now: ctx.now, therapistIds: ids });
    const sessionsOn = async (some: Days) => {
      const byDay = await figuresByDay(db, some, timeZone, ids);
      return { byDay, sessions: together(byDay.values()).completed };
    };
    const seen = await on(days);
    const groups = await seenPatients(seen);
    const { byDay, sessions } = await sessionsOn(days);
    const totals = totalsOf(countOf(groups), sessions);
    const fresh = await newByDay(seen);
    const regions = await regionNames(db, groups);
    const earlier = before(days);
    const previous = totalsOf(await seenTotals(await on(earlier)), (await sessionsOn(earlier)).sessions);
    return {
      start,
      end,
      group_by,
      totals,
      previous: { start: earlier.from, end: earlier.to, ...previous },
      change_percent: changes(totals, previous),
      age_groups: [...AGE_GROUPS.map(([name]) => name), NO_AGE].map((group) => ({
        group,
        ...shown(groups.filter(({ ageGroup }) => ageGroup === group)),
      })),
      regions: [...Map.groupBy(groups, ({ regionId }) => regionId)]
        .map(([id, some]) => ({ id, name: id === null ? null : (regions.get(id) ?? null), ...shown(some) }))
        .toSorted((a, b) => b.patients - a.patients || (a.id ?? 0) - (b.id ?? 0)),
      series: groupSums(days, group_by, byDay).map(({ sums, days: own, ...period }) => ({
        ...period,
        new: own.reduce((total, day) => total + (fresh.get(day) ?? 0), 0),
        sessions: sums.completed,
      })),
    };
  });

function countOf(groups: readonly Seen[]) {
  const total = { patients: 0, fresh: 0 };
  for (const group of groups) {
    total.patients += group.patients;
    total.fresh += group.fresh;
  }
  return total;
}

const shown = (groups: readonly Seen[]) => {
  const { patients, fresh } = countOf(groups);
  return { patients, new: fresh };
};

/** Patients who were treated, new and returning, in how many sessions. */
export const totalsOf = ({ patients, fresh }: Pick<Seen, 'patients' | 'fresh'>, sessions: number) => ({
  patients,
  new: fresh,
  returning: patients - fresh,
  sessions,
});
