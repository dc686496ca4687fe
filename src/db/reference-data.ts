import type { Ctx } from '../context.ts';
import { ensureRoles } from '../modules/access/built-in-roles.ts';
import { ensureStatuses } from '../modules/appointments/default-statuses.ts';
import { ensureTypes } from '../modules/billing/default-types.ts';
import { ensureDiagnosisCodes } from '../modules/clinical/fill-codes.ts';
import { ensureGeography } from '../modules/geo/fill.ts';
import { ensurePatientsIndexed } from '../modules/patients/reindex.ts';
import { ensureHolidays } from '../modules/therapists/peru-holidays.ts';

/**
 * What the service needs to find in any database, in production too: the catalogue of states, the kinds of documents
 * and payments, the geography, the holidays, what patients are found by. Adds what is missing; any number of instances
 * may ask at once.
 */
export async function ensureReferenceData(ctx: Ctx): Promise<void> {
  await ensureRoles(ctx);
  await ensureStatuses(ctx);
  await ensureTypes(ctx);
  await ensureGeography(ctx);
  await ensureDiagnosisCodes(ctx);
  await ensureHolidays(ctx);
  await ensurePatientsIndexed(ctx);
}
