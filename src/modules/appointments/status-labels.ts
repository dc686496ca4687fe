import { remembered } from '../../db/remembered.ts';
import { appointmentStatuses } from './tables.ts';

/** The catalogue's label of each state, deleted entries included: appointments in it keep their label. */
export const statusLabels = remembered(2_000, async (ctx): Promise<ReadonlyMap<string, string>> => {
  const rows = await ctx.db
    .select({ name: appointmentStatuses.name, label: appointmentStatuses.label })
    .from(appointmentStatuses)
    .limit(100);
  return new Map(rows.map(({ name, label }) => [name, label]));
});
