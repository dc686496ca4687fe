import { and, gte, like, lt, type Column, type SQL } from 'drizzle-orm';
import { words } from '../search-text.ts';
import { endOfDay, startOfDay } from '../time.ts';
import { containing } from './page.ts';

/** WHERE: the text has every word of `search`, in any order, without regard to case or accents. */
export function containsWords(text: Column, search: string | undefined): SQL | undefined {
  return and(...words(search).map((word) => like(text, containing(word))));
}

type Days = { from: string | undefined; to: string | undefined };

/** WHERE: the instant is within these calendar days of the zone, both included. */
export const onDays = (instant: Column, { from, to }: Days, timeZone: string): SQL | undefined =>
  and(
    from === undefined ? undefined : gte(instant, startOfDay(from, timeZone)),
    to === undefined ? undefined : lt(instant, endOfDay(to, timeZone)),
  );
