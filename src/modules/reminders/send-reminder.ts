import { and, eq, inArray, sql } from 'drizzle-orm';
import { statements } from '../../db/statement.ts';
import type { JobHandler } from '../../queue/define.ts';
import { appointments } from '../appointments/tables.ts';
import { appointmentNotice } from '../notifications/appointment-notice.ts';
import { namedConfig } from '../notifications/brand.ts';
import { appointmentFacts } from '../notifications/messages/appointment-facts.ts';
import { appointmentReminder } from '../notifications/messages/appointment-reminder.ts';
import { notify } from '../notifications/notify.ts';
import { together } from '../notifications/together.ts';
import { reminders } from './tables.ts';

type Wanted = Pick<typeof reminders.$inferSelect, 'id' | 'appointmentId' | 'startsAt'>;

const wantedByIds = statements((db, { count }: { count: number }) =>
  db
    .select({ id: reminders.id, appointmentId: reminders.appointmentId, startsAt: reminders.startsAt })
    .from(reminders)
    .innerJoin(
      appointments,
      and(eq(appointments.id, reminders.appointmentId), eq(appointments.dateTime, reminders.startsAt)),
    )
    .where(
      and(
        inArray(
          reminders.id,
          Array.from({ length: count }, (_, i) => sql.placeholder(`id${i}`)),
        ),
        inArray(appointments.status, ['pending', 'confirmed']),
      ),
    ),
);

/** A reminder whose appointment is still to be, at the time that it had. */
const wantedReminder = together<number, Wanted | undefined>(async (ctx, ids) => {
  const values = Object.fromEntries(ids.map((id, i) => [`id${i}`, id]));
  const rows = await wantedByIds(ctx.db, { count: ids.length }, values);
  return ids.map((id) => rows.find((row) => row.id === id));
});

/** Reminds a patient, if the appointment is still to be at the time it had; once, however many jobs ask for it. */
export const handle: JobHandler<{ reminderId: number }> = async (ctx, { reminderId }, run) => {
  const wanted = await wantedReminder(ctx, reminderId);
  if (!wanted || Temporal.Instant.compare(wanted.startsAt, ctx.now) <= 0) return;
  const appointment = await appointmentNotice(ctx, wanted.appointmentId);
  const facts = appointmentFacts(await namedConfig(ctx), appointment, appointment.patient.language);
  await notify(ctx, { ...run, id: `reminder-${reminderId}` }, [
    {
      kind: 'appointment_reminder',
      recipient: appointment.patient,
      content: appointmentReminder(facts),
      usefulUntil: wanted.startsAt,
    },
  ]);
};
