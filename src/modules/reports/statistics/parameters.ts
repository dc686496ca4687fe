import * as v from 'valibot';
import { Day, IdText } from '../../../http/schemas.ts';
import { IN_ORDER, isOrdered, isWithinTenYears, TOO_LONG } from '../parameters.ts';
import { GROUPINGS } from './periods.ts';

const RANGE = { start: Day, end: Day };
/** Of one therapist, or of those with a specialty. */
const FILTERS = { therapist_id: v.optional(IdText), specialty_id: v.optional(IdText) };

/** The days of a statistic, both included, and whose it is. */
export const StatisticsQuery = v.pipe(
  v.object({ ...RANGE, ...FILTERS }),
  v.forward(
    v.partialCheck([['start'], ['end']], ({ start, end }) => isOrdered(start, end), IN_ORDER),
    ['end'],
  ),
  v.forward(
    v.partialCheck([['start'], ['end']], ({ start, end }) => isWithinTenYears(start, end), TOO_LONG),
    ['end'],
  ),
);

/** The same in steps of a day, a week (from Monday) or a month. */
export const SeriesQuery = v.pipe(
  v.object({ ...RANGE, ...FILTERS, group_by: v.optional(v.picklist(GROUPINGS), 'day') }),
  v.forward(
    v.partialCheck([['start'], ['end']], ({ start, end }) => isOrdered(start, end), IN_ORDER),
    ['end'],
  ),
  v.forward(
    v.partialCheck([['start'], ['end']], ({ start, end }) => isWithinTenYears(start, end), TOO_LONG),
    ['end'],
  ),
);

export type StatisticsInput = v.InferOutput<typeof StatisticsQuery>;
export type SeriesInput = v.InferOutput<typeof SeriesQuery>;
