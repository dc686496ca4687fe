import { and, count } from 'drizzle-orm';
import * as v from 'valibot';
import { visible } from '../../../access/ownership.ts';
import { onDays } from '../../../db/search.ts';
import { localDay } from '../../../time.ts';
import { appointments } from '../../appointments/tables.ts';
import { byStatus, StatusCounts } from '../status-counts.ts';
import { defineWidget } from '../widget.ts';

/** Of the calendar month. */
export const appointmentsByStatus = defineWidget({
  name: 'appointments_by_status',
  permission: 'appointments:list',
  schema: v.object({ from: v.string(), to: v.string(), by_status: StatusCounts }),
  load: async (ctx) => {
    const { timeZone } = ctx.services.config;
    const today = Temporal.PlainDate.from(localDay(ctx.now, timeZone));
    const from = today.with({ day: 1 }).toString();
    const to = today.with({ day: today.daysInMonth }).toString();
    const rows = await ctx.db
      .select({ status: appointments.status, total: count() })
      .from(appointments)
      .where(and(onDays(appointments.dateTime, { from, to }, timeZone), visible(ctx, appointments)))
      .groupBy(appointments.status);
    return { from, to, by_status: byStatus(rows) };
  },
});
