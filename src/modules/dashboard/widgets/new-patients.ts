import { and, gte, isNull, sql } from 'drizzle-orm';
import * as v from 'valibot';
import { localDay, startOfDay } from '../../../time.ts';
import { patients } from '../../patients/tables.ts';
import { defineWidget } from '../widget.ts';

const since = (at: Temporal.Instant) =>
  sql<number>`count(case when ${gte(patients.createdAt, at)} then 1 end)`.mapWith(Number);

/** Patients who were registered today, in the week (from Monday) and in the calendar month. */
export const newPatients = defineWidget({
  name: 'new_patients',
  permission: 'patients:read',
  needsAny: true,
  schema: v.object({ today: v.number(), this_week: v.number(), this_month: v.number() }),
  load: async (ctx) => {
    const { timeZone } = ctx.services.config;
    const today = Temporal.PlainDate.from(localDay(ctx.now, timeZone));
    const day = startOfDay(today.toString(), timeZone);
    const week = startOfDay(today.subtract({ days: today.dayOfWeek - 1 }).toString(), timeZone);
    const month = startOfDay(today.with({ day: 1 }).toString(), timeZone);
    const earliest = Temporal.Instant.compare(week, month) < 0 ? week : month;
    const [row] = await ctx.db
      .select({ today: since(day), this_week: since(week), this_month: since(month) })
      .from(patients)
      .where(and(gte(patients.createdAt, earliest), isNull(patients.deletedAt)));
    return row ?? { today: 0, this_week: 0, this_month: 0 };
  },
});
