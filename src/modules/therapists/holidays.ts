import { and, between, gte, lte } from 'drizzle-orm';
import type * as v from 'valibot';
import type { Ctx } from '../../context.ts';
import { columnsOf } from '../../db/casing.ts';
import { resource } from '../../db/resource.ts';
import { containsWords } from '../../db/search.ts';
import type { HolidayChanges, HolidayQuery, NewHoliday } from './holidays-schemas.ts';
import { holidays } from './tables.ts';

const records = resource({
  entity: 'holiday',
  table: holidays,
  view: (_, rows) => rows.map(({ id, date, name }) => ({ id, date, name })),
  ordering: { date: holidays.date, name: holidays.name },
  defaultOrdering: 'date',
  restore: 'holidays:restore',
});

export const { get: getHoliday, remove: removeHoliday, restore: restoreHoliday } = records;

export const listHolidays = (ctx: Ctx, query: v.InferOutput<typeof HolidayQuery>) =>
  records.list(
    ctx,
    query,
    and(
      query.year === undefined
        ? undefined
        : between(holidays.date, `${query.year}-01-01`, `${query.year}-12-31`),
      query.date_from === undefined ? undefined : gte(holidays.date, query.date_from),
      query.date_to === undefined ? undefined : lte(holidays.date, query.date_to),
      containsWords(holidays.name, query.search),
    ),
  );

export const createHoliday = (ctx: Ctx, input: v.InferOutput<typeof NewHoliday>) =>
  records.create(ctx, () => columnsOf(input));

export const changeHoliday = (ctx: Ctx, id: number, input: v.InferOutput<typeof HolidayChanges>) =>
  records.update(ctx, id, () => columnsOf(input));
