import * as v from 'valibot';
import { BEFORE_FIRST_DAY } from '../../given-time.ts';
import { Day, isDay } from '../../http/schemas.ts';
import { say } from '../../http/validation.ts';
import { PAYMENT_METHODS } from '../billing/tables.ts';

/** A day of the clinic's calendar. */
export const OneDay = v.object({ date: Day });

/** The period of a report on one day. */
export const onDay = ({ date }: v.InferOutput<typeof OneDay>) => ({ from: date, to: date });

export const IN_ORDER = say(BEFORE_FIRST_DAY);
export const TOO_LONG = say({
  es: 'El rango es de más de diez años.',
  en: 'The range is longer than ten years.',
});

/** Whether two texts are days: schemas check two fields together also when one of them is wrong by itself. */
const areDays = (from: string, to: string): boolean => isDay(from) && isDay(to);

/** Whether the last of two days is neither before the first nor ten years after it; what is no day is told elsewhere. */
export const isOrdered = (from: string, to: string): boolean => !areDays(from, to) || from <= to;
export const isWithinTenYears = (from: string, to: string): boolean =>
  !areDays(from, to) || Temporal.PlainDate.from(from).until(to, { largestUnit: 'years' }).years < 10;

/** `start_date` and `end_date`, both included. */
export const DayRange = v.pipe(
  v.object({ start_date: Day, end_date: Day }),
  v.forward(
    v.partialCheck(
      [['start_date'], ['end_date']],
      ({ start_date: from, end_date: to }) => isOrdered(from, to),
      IN_ORDER,
    ),
    ['end_date'],
  ),
  v.forward(
    v.partialCheck(
      [['start_date'], ['end_date']],
      ({ start_date: from, end_date: to }) => isWithinTenYears(from, to),
      TOO_LONG,
    ),
    ['end_date'],
  ),
);

const GIVE_DATES = say({
  es: 'Indique el día, o el primero y el último.',
  en: 'Give the day, or the first and the last.',
});

type Days = { date?: string | undefined; date_from?: string | undefined; date_to?: string | undefined };

/** The period that `date`, or `date_from` and `date_to`, name. */
export const daysOf = ({ date = '', date_from: from = date, date_to: to = date }: Days) => ({ from, to });

/** `date`, or `date_from` and `date_to`. */
export const DayOrRange = v.pipe(
  v.object({ date: v.optional(Day), date_from: v.optional(Day), date_to: v.optional(Day) }),
  v.forward(
    v.check(
      ({ date, date_from: from, date_to: to }) =>
        date !== undefined || (from !== undefined && to !== undefined),
      GIVE_DATES,
    ),
    ['date'],
  ),
  v.forward(
    v.check((days) => isOrdered(daysOf(days).from, daysOf(days).to), IN_ORDER),
    ['date_to'],
  ),
);

const Method = v.picklist(PAYMENT_METHODS);

const METHODS_TEXT = (() => {
  const one = String.raw`\s*(?:${PAYMENT_METHODS.join('|')})?\s*`;
  return new RegExp(`^${one}(?:,${one})*$`);
})();

const NO_METHODS = say({
  es: `Use ${PAYMENT_METHODS.join(', ')}.`,
  en: `Use ${PAYMENT_METHODS.join(', ')}.`,
});

/** Ways to pay: a list, or one text with commas. None, or an empty list, is all of them. */
export const Methods = v.pipe(
  v.union([
    v.pipe(
      v.string(),
      v.maxLength(200),
      v.regex(METHODS_TEXT, NO_METHODS),
      v.transform((text) =>
        text
          .split(',')
          .map((name) => name.trim())
          .filter(Boolean),
      ),
      v.array(Method),
    ),
    v.array(Method),
  ]),
  v.maxLength(20),
);
