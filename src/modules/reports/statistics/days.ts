import { and, type Column, gte, lt, or, type SQL, sql, type SQLWrapper } from 'drizzle-orm';
import { endOfDay, startOfDay } from '../../../time.ts';

/** Days of the clinic's calendar, `YYYY-MM-DD`, both included. */
export type Days = { from: string; to: string };

const DAY = 86_400_000;
const number = (day: string): number => Date.parse(`${day}T00:00Z`) / DAY;
const text = (day: number): string => new Date(day * DAY).toISOString().slice(0, 10);

export const plusDays = (day: string, days: number): string => text(number(day) + days);

/** How many days there are. */
export const lengthOf = ({ from, to }: Days): number => number(to) - number(from) + 1;

/** Every day, ascending. */
export const eachDay = (days: Days): string[] =>
  Array.from({ length: lengthOf(days) }, (_, i) => plusDays(days.from, i));

/** The first day of the month that a day is in. */
export const monthOf = (day: string): string => `${day.slice(0, 7)}-01`;

/** The last day of the month that a day is in. */
export const lastOfMonth = (day: string): string => plusDays(monthOf(plusDays(monthOf(day), 31)), -1);

/** Monday is 1. */
export const weekdayOf = (day: string): number => ((((number(day) + 3) % 7) + 7) % 7) + 1;

/** The days before these, as many. */
export const before = (days: Days): Days => ({
  from: plusDays(days.from, -lengthOf(days)),
  to: plusDays(days.from, -1),
});

/** Joins ascending days that follow one another. */
export function runsOf(days: readonly string[]): Days[] {
  const runs: Days[] = [];
  for (const day of days) {
    const last = runs.at(-1);
    if (last && plusDays(last.to, 1) === day) last.to = day;
    else runs.push({ from: day, to: day });
  }
  return runs;
}

/** WHERE: the instant is on one of the days; never, when there are none. */
export const within = (instant: Column, runs: readonly Days[], timeZone: string): SQL =>
  or(
    ...runs.map(({ from, to }) =>
      and(gte(instant, startOfDay(from, timeZone)), lt(instant, endOfDay(to, timeZone))),
    ),
  ) ?? sql`false`;

/** The clinic's day of an instant that lies within the days, in SQL: the offset of the zone changes where its clocks do. */
export function dayOf(instant: SQLWrapper, { from, to }: Days, timeZone: string): SQL<string> {
  const shifted = (minutes: number) => sql`date(${instant} + interval ${sql.raw(String(minutes))} minute)`;
  let at = startOfDay(from, timeZone).toZonedDateTimeISO(timeZone);
  const end = endOfDay(to, timeZone).toZonedDateTimeISO(timeZone);
  const cases: SQL[] = [];
  for (;;) {
    const change = at.getTimeZoneTransition('next');
    const minutes = at.offsetNanoseconds / 60e9;
    if (!change || Temporal.ZonedDateTime.compare(change, end) >= 0) {
      return cases.length === 0
        ? sql<string>`${shifted(minutes)}`
        : sql<string>`case ${sql.join(cases, sql` `)} else ${shifted(minutes)} end`;
    }
    const until = new Date(change.epochMilliseconds).toISOString().slice(0, 19).replace('T', ' ');
    cases.push(sql`when ${instant} < ${sql.raw(`'${until}'`)} then ${shifted(minutes)}`);
    at = change;
  }
}
