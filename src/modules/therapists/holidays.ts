import { and, between, gte, lte, type SQL } from 'drizzle-orm';
import type * as v from 'valibot';
import type { Ctx } from '../../context.ts';
import { catalogue } from '../../db/catalogue.ts';
import { availabilityChanged } from './availability.ts';
import type { HolidayQuery } from './holidays-schemas.ts';
import { holidays } from './tables.ts';

export const holidayRecords = catalogue({
  entity: 'holiday',
  table: holidays,
  fields: ['id', 'date', 'name'],
  ordering: ['date', 'name'],
  search: 'name',
  where: inPeriod,
  restore: 'holidays:restore',
  changed: (tx) => availabilityChanged(tx),
});

function inPeriod(_: Ctx, query: v.InferOutput<typeof HolidayQuery>): SQL | undefined {
  const { year, date_from: from, date_to: to } = query;
  return and(
    year === undefined ? undefined : between(holidays.date, `${year}-01-01`, `${year}-12-31`),
    from === undefined ? undefined : gte(holidays.date, from),
    to === undefined ? undefined : lte(holidays.date, to),
  );
}
