import type { Ctx } from '../context.ts';
import { ensureStatuses } from '../modules/appointments/default-statuses.ts';
import { ensureGeography } from '../modules/geo/fill.ts';
import { ensureHolidays } from '../modules/therapists/peru-holidays.ts';

/**
 * What the service needs to find in any database, in production too: the catalogue of states, the geography, the
 * holidays. Adds what is missing; any number of instances may ask at once.
 */
export async function ensureReferenceData(ctx: Ctx): Promise<void> {
  await ensureStatuses(ctx);
  await ensureGeography(ctx);
  await ensureHolidays(ctx);
}
