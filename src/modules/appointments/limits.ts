import type { Text } from '../../errors.ts';

/** Days ahead that can be booked (contract, `beyond_booking_horizon`). */
export const HORIZON_DAYS = 180;

const SHORTEST = 15;
/** The longest appointment, in minutes. */
export const LONGEST = 240;

/** Whether an appointment may last this many minutes (contract, `invalid_duration`). */
export const isDuration = (minutes: number): boolean =>
  Number.isInteger(minutes) && minutes >= SHORTEST && minutes <= LONGEST && minutes % 15 === 0;

export const INVALID_DURATION: Text = {
  es: `La duración debe ser de ${SHORTEST} a ${LONGEST} minutos, en múltiplos de 15.`,
  en: `The duration must be ${SHORTEST} to ${LONGEST} minutes, a multiple of 15.`,
};
