import type { Ctx } from '../../../context.ts';
import { PAYMENT_METHODS } from '../../billing/tables.ts';
import { weekdayOf } from './days.ts';
import { figuresOf } from './figures.ts';
import type { StatisticsInput } from './parameters.ts';
import { totalsOf } from './patients.ts';
import { chosenTherapists, namedTherapists } from './people.ts';
import { seenOn, seenTotals } from './seen.ts';
import { netIn, noSums, together, type Sums } from './sums.ts';

/** The share of the sessions in a rating; the rest is the income's (contract, "Reports"). */
const SESSIONS_SHARE = 0.7;
const BEST_RATING = 5;

/** What `estadisticas` tells; amounts are whole cents. `ctx.db` is a snapshot's handle. */
export async function overview(ctx: Ctx, { start, end, ...filters }: StatisticsInput) {
  const { db, now } = ctx;
  const { timeZone } = ctx.services.config;
  const days = { from: start, to: end };
  const ids = await chosenTherapists(db, filters);
  const { byDay, byTherapist } = await figuresOf(db, days, timeZone, ids);
  const people = await namedTherapists(db, byTherapist.keys(), ids);
  const seen = await seenTotals(await seenOn({ db, days, timeZone, now, therapistIds: ids }));
  const total = together(byDay.values());
  return {
    therapists: rated(people.map((one) => ({ ...one, ...workOf(byTherapist.get(one.id) ?? noSums()) }))),
    uses: PAYMENT_METHODS.map((method) => ({ method, uses: total[`payments_${method}`] })),
    weekdays: [1, 2, 3, 4, 5, 6, 7].map((weekday) => ({
      weekday,
      ...workOf(together([...byDay].filter(([day]) => weekdayOf(day) === weekday).map(([, sums]) => sums))),
    })),
    total: workOf(total),
    patients: totalsOf(seen, total.completed),
  };
}

const workOf = (sums: Sums) => ({ sessions: sums.completed, income: netIn(sums) });

const share = (part: number, whole: number) => (whole > 0 ? Math.max(0, part) / whole : 0);

type Work = { sessions: number; income: number };

/** 0.7 · sessions/mean + 0.3 · income/mean, scaled so that the best is 5; of no work at all, 0. */
export function rated<One extends Work>(therapists: readonly One[]): (One & { rating: number })[] {
  const mean = (figure: (one: One) => number) =>
    therapists.reduce((sum, one) => sum + figure(one), 0) / therapists.length;
  const [sessions, income] = [mean((one) => one.sessions), mean((one) => one.income)];
  const scores = therapists.map(
    (one) =>
      SESSIONS_SHARE * share(one.sessions, sessions) + (1 - SESSIONS_SHARE) * share(one.income, income),
  );
  const best = Math.max(...scores, 0);
  return therapists.map((one, i) => ({
    ...one,
    rating: best > 0 ? Math.round(((scores[i] ?? 0) / best) * BEST_RATING * 100) / 100 : 0,
  }));
}
