import * as v from 'valibot';
import { localDay } from '../../../time.ts';
import { totalsOn } from '../../reports/statistics/appointments.ts';
import { plusDays, weekdayOf } from '../../reports/statistics/days.ts';
import { defineWidget } from '../widget.ts';

const Part = v.object({
  booked_minutes: v.number(),
  offered_minutes: v.number(),
  occupancy: v.nullable(v.number()),
});

/** Minutes kept for patients of those offered, today and in the week from Monday to Sunday. */
export const occupancy = defineWidget({
  name: 'occupancy',
  permission: 'reports:read',
  needsAny: true,
  schema: v.object({ today: Part, this_week: Part }),
  load: (ctx) =>
    ctx.services.snapshot(async (db) => {
      const { timeZone } = ctx.services.config;
      const today = localDay(ctx.now, timeZone);
      const monday = plusDays(today, 1 - weekdayOf(today));
      return {
        today: partOf(await totalsOn(db, { from: today, to: today }, timeZone)),
        this_week: partOf(await totalsOn(db, { from: monday, to: plusDays(monday, 6) }, timeZone)),
      };
    }),
});

const partOf = ({
  booked_minutes,
  offered_minutes,
  occupancy: share,
}: Awaited<ReturnType<typeof totalsOn>>) => ({ booked_minutes, offered_minutes, occupancy: share });
