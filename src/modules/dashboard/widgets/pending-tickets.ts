import { and, count, eq, ne, sql } from 'drizzle-orm';
import * as v from 'valibot';
import { visible } from '../../../access/ownership.ts';
import { onDays } from '../../../db/search.ts';
import { localDay } from '../../../time.ts';
import { appointments } from '../../appointments/tables.ts';
import { tickets } from '../../billing/tables.ts';
import { plusDays } from '../../reports/statistics/days.ts';
import { defineWidget } from '../widget.ts';

const DAYS = 30;

/** What is still to be paid for appointments of the last thirty days, today included. */
export const pendingTickets = defineWidget({
  name: 'pending_tickets',
  permission: 'tickets:read',
  schema: v.object({ from: v.string(), to: v.string(), count: v.number(), amount: v.string() }),
  load: async (ctx) => {
    const { timeZone } = ctx.services.config;
    const to = localDay(ctx.now, timeZone);
    const days = { from: plusDays(to, 1 - DAYS), to };
    const [row] = await ctx.db
      .select({ count: count(), amount: sql<string>`coalesce(sum(${tickets.amount}), 0.00)` })
      .from(appointments)
      .innerJoin(tickets, eq(tickets.appointmentId, appointments.id))
      .where(
        and(
          onDays(appointments.dateTime, days, timeZone),
          ne(appointments.status, 'cancelled'),
          eq(tickets.status, 'pending'),
          visible(ctx, appointments),
        ),
      );
    return { ...days, ...(row ?? { count: 0, amount: '0.00' }) };
  },
});
