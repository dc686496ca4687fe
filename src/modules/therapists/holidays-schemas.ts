import * as v from 'valibot';
import { Day, IntegerText, Line, recordQuery } from '../../http/schemas.ts';

export const NewHoliday = v.object({ date: Day, name: Line(150) });

export const Holiday = v.object({ id: v.number(), date: v.string(), name: v.string() });

export const HolidayQuery = recordQuery(['date', 'name'], {
  year: v.optional(IntegerText(1_900, 9_000)),
  date_from: v.optional(Day),
  date_to: v.optional(Day),
});
