import { and, count } from 'drizzle-orm';
import * as v from 'valibot';
import { visible } from '../../../access/ownership.ts';
import { onDays } from '../../../db/search.ts';
import { localDay } from '../../../time.ts';
import { appointments } from '../../appointments/tables.ts';
import { byStatus, StatusCounts } from '../status-counts.ts';
import { defineWidget } from '../widget.ts';

export const appointmentsToday = defineWidget({
  name: 'appointments_today',
  permission: 'appointments:list',
  schema: v.object({ date: v.string(), total: v.number(), by_status: StatusCounts }),
  load: async (ctx) => {
    const { timeZone } = ctx.services.config;
    const date = localDay(ctx.now, timeZone);
    const rows = await ctx.db
      .select({ status: appointments.status, total: count() })
      .from(appointments)
      .where(
        and(onDays(appointments.dateTime, { from: date, to: date }, timeZone), visible(ctx, appointments)),
      )
      .groupBy(appointments.status);
    return { date, total: rows.reduce((sum, row) => sum + row.total, 0), by_status: byStatus(rows) };
  },
});
