import type { Block } from '../modules/therapists/working-hours.ts';

const WEEKDAYS = [1, 2, 3, 4, 5];
const SATURDAY = [6];

const on = (weekdays: readonly number[], ...hours: [number, number][]): Block[] =>
  weekdays.flatMap((weekday) =>
    hours.map(([start, end]) => ({ weekday, startMinute: start * 60, endMinute: end * 60 })),
  );

/** The working weeks that demo therapists take turns in. */
export const SCHEDULES: readonly [Block[], ...Block[][]] = [
  [...on(WEEKDAYS, [8, 13], [14, 18]), ...on(SATURDAY, [9, 13])],
  [...on(WEEKDAYS, [9, 13], [15, 20]), ...on(SATURDAY, [9, 13], [14, 17])],
  [...on(WEEKDAYS, [8, 12], [13, 16]), ...on(SATURDAY, [8, 12])],
  [...on([2, 3, 4, 5], [10, 14], [16, 21]), ...on([1, 6], [9, 14])],
];
