import { and, asc, eq, gte, inArray, lt, type SQL } from 'drizzle-orm';
import * as v from 'valibot';
import type { Ctx } from '../../context.ts';
import { InstantOut } from '../../http/schemas.ts';
import { fullNameOf } from '../../person.ts';
import { formatInstant } from '../../time.ts';
import { OPEN } from '../appointments/status.ts';
import { appointments } from '../appointments/tables.ts';
import { patients } from '../patients/tables.ts';
import { therapists } from '../therapists/tables.ts';

/** An appointment as a widget shows it. */
export const AgendaItem = v.object({
  id: v.number(),
  date_time: InstantOut,
  ends_at: InstantOut,
  status: v.string(),
  room: v.nullable(v.string()),
  patient: v.string(),
  therapist: v.string(),
});

type Span = { from: Temporal.Instant; to?: Temporal.Instant };

/** The first appointments of a span that are still open, ascending. */
export async function openAppointments(ctx: Ctx, { from, to }: Span, who: SQL | undefined, most: number) {
  const { timeZone } = ctx.services.config;
  const rows = await ctx.db
    .select({
      id: appointments.id,
      dateTime: appointments.dateTime,
      endsAt: appointments.endsAt,
      status: appointments.status,
      room: appointments.room,
      patient: fullNameOf(patients),
      therapist: fullNameOf(therapists),
    })
    .from(appointments)
    .innerJoin(patients, eq(patients.id, appointments.patientId))
    .innerJoin(therapists, eq(therapists.id, appointments.therapistId))
    .where(
      and(
        gte(appointments.dateTime, from),
        to && lt(appointments.dateTime, to),
        inArray(appointments.status, OPEN),
        who,
      ),
    )
    .orderBy(asc(appointments.dateTime), asc(appointments.id))
    .limit(most);
  return rows.map(({ dateTime, endsAt, ...row }) => ({
    ...row,
    date_time: formatInstant(dateTime, timeZone),
    ends_at: formatInstant(endsAt, timeZone),
  }));
}
