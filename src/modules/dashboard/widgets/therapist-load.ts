import { and, count, eq, sql } from 'drizzle-orm';
import * as v from 'valibot';
import { onDays } from '../../../db/search.ts';
import { fullNameOf } from '../../../person.ts';
import { localDay } from '../../../time.ts';
import { occupying } from '../../appointments/status.ts';
import { appointments } from '../../appointments/tables.ts';
import { offeredMinutes } from '../../reports/statistics/offered.ts';
import { percent } from '../../reports/statistics/compare.ts';
import { therapists } from '../../therapists/tables.ts';
import { defineWidget } from '../widget.ts';

const MOST = 50;

/** The busiest therapists of today. */
export const therapistLoad = defineWidget({
  name: 'therapist_load',
  permission: 'agenda:read',
  needsAny: true,
  schema: v.array(
    v.object({
      therapist_id: v.number(),
      therapist: v.string(),
      appointments: v.number(),
      booked_minutes: v.number(),
      offered_minutes: v.number(),
      occupancy: v.nullable(v.number()),
    }),
  ),
  load: async (ctx) => {
    const { timeZone } = ctx.services.config;
    const day = localDay(ctx.now, timeZone);
    const days = { from: day, to: day };
    const booked = sql<number>`sum(${appointments.duration})`.mapWith(Number);
    const rows = await ctx.db
      .select({
        therapist_id: therapists.id,
        therapist: fullNameOf(therapists),
        appointments: count(),
        booked_minutes: booked,
      })
      .from(appointments)
      .innerJoin(therapists, eq(therapists.id, appointments.therapistId))
      .where(and(onDays(appointments.dateTime, days, timeZone), occupying(appointments.status)))
      .groupBy(therapists.id, therapists.firstName, therapists.paternalLastName, therapists.maternalLastName)
      .orderBy(sql`${booked} desc`, therapists.id)
      .limit(MOST);
    const ids = rows.map((row) => row.therapist_id);
    const { byTherapist } = await offeredMinutes(ctx.db, days, timeZone, ids);
    return rows.map((row) => {
      const offered = byTherapist.get(row.therapist_id) ?? 0;
      return { ...row, offered_minutes: offered, occupancy: percent(row.booked_minutes, offered) };
    });
  },
});
