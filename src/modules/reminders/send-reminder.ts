import { and, eq, inArray } from 'drizzle-orm';
import type { JobHandler } from '../../queue/define.ts';
import { appointments } from '../appointments/tables.ts';
import { appointmentNotice } from '../notifications/appointment-notice.ts';
import { namedConfig } from '../notifications/brand.ts';
import { appointmentFacts } from '../notifications/messages/appointment-facts.ts';
import { appointmentReminder } from '../notifications/messages/appointment-reminder.ts';
import { notify } from '../notifications/notify.ts';
import { reminders } from './tables.ts';

/** Reminds a patient, if the appointment is still to be at the time it had; once, however many jobs ask for it. */
export const handle: JobHandler<{ reminderId: number }> = async (ctx, { reminderId }, run) => {
  const [wanted] = await ctx.db
    .select({ appointmentId: reminders.appointmentId, startsAt: reminders.startsAt })
    .from(reminders)
    .innerJoin(
      appointments,
      and(eq(appointments.id, reminders.appointmentId), eq(appointments.dateTime, reminders.startsAt)),
    )
    .where(and(eq(reminders.id, reminderId), inArray(appointments.status, ['pending', 'confirmed'])));
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
