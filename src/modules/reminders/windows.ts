import type { REMINDER_KINDS } from './tables.ts';

export type ReminderKind = (typeof REMINDER_KINDS)[number];

/**
 * From how long before the appointment a reminder goes out, and until how long before it still makes sense when the
 * service was down at its time.
 */
export const WINDOWS: Record<ReminderKind, { hours: number; atLeastMinutes: number }> = {
  '24h': { hours: 24, atLeastMinutes: 12 * 60 },
  '1h': { hours: 1, atLeastMinutes: 5 },
};
