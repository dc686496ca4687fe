import { eq } from 'drizzle-orm';
import type * as v from 'valibot';
import { type Ctx, transaction } from '../../context.ts';
import { audit } from '../../db/audit.ts';
import { emit } from '../../db/outbox.ts';
import { RuleViolation } from '../../errors.ts';
import { givenInstant } from '../../given-time.ts';
import { addMinutes } from '../../time.ts';
import { paymentTimes } from '../billing/ledger.ts';
import { repriceTicket } from '../billing/reprice-ticket.ts';
import { notifyAppointment } from '../notifications/jobs.ts';
import { skipPassedReminders } from '../reminders/skip-passed.ts';
import { figuresChanged } from '../reports/statistics/changed.ts';
import { assertOpen, assertWindow } from './closing.ts';
import { getAppointment } from './find.ts';
import { lockAppointment } from './lock.ts';
import { lockAndJudge } from './rules.ts';
import type { ModifyAppointment } from './schemas.ts';
import { appointments } from './tables.ts';

/**
 * Changes an appointment. One that moves (time, duration, therapist) is checked like a new booking, one that only
 * changes rooms for the room; when a rule is broken the old time stays. A new type brings its price, while nothing is paid.
 * @throws RuleViolation (`appointment_closed`, `cancellation_window`, any booking rule), AppError NOT_FOUND or
 * PRECONDITION_FAILED
 */
export async function modify(ctx: Ctx, id: number, input: v.InferOutput<typeof ModifyAppointment>) {
  return transaction(ctx, async (tx) => {
    // Locked before its parties: who books holds those and waits for no appointment, so nobody waits in a circle.
    const current = await lockAppointment(tx, id);
    assertOpen(current);

    const room = input.room === undefined ? current.room : input.room;
    const therapistId = input.therapist_id ?? current.therapistId;
    const startsAt =
      input.date_time === undefined ? current.dateTime : givenInstant(tx, 'date_time', input.date_time);
    const duration = input.duration ?? current.duration;
    const moves =
      !startsAt.equals(current.dateTime) ||
      duration !== current.duration ||
      therapistId !== current.therapistId;
    if (moves) assertWindow(tx, current);
    const changesRoom = room !== current.room;
    if (moves || changesRoom) {
      const { patientId } = current;
      const from = current.therapistId;
      const plan = { therapistId, from, patientId, room, startsAt, duration, moving: id };
      const { violations } = await lockAndJudge(tx, plan);
      const [first, ...others] = moves ? violations : violations.filter(({ rule }) => rule === 'room_busy');
      if (first) throw new RuleViolation([first, ...others]);
    }

    const changes = {
      therapistId,
      dateTime: startsAt,
      duration,
      endsAt: addMinutes(startsAt, duration),
      room,
      appointmentType:
        input.appointment_type === undefined ? current.appointmentType : input.appointment_type,
      reason: input.reason === undefined ? current.reason : input.reason,
      notes: input.notes === undefined ? current.notes : input.notes,
      sequence: moves || changesRoom ? current.sequence + 1 : current.sequence,
      updatedAt: tx.now,
    };
    await tx.db.update(appointments).set(changes).where(eq(appointments.id, id));
    if (moves) {
      await skipPassedReminders(tx, { id, startsAt });
      // What was paid for it in advance is the new therapist's income.
      const paid = therapistId === current.therapistId ? [] : await paymentTimes(tx, id);
      await figuresChanged(tx, [current.dateTime, startsAt, ...paid]);
    }
    const before = Object.fromEntries(
      Object.keys(changes).map((key) => [key, current[key as keyof typeof changes]]),
    );
    await audit(tx, { action: 'update', entity: 'appointment', entityId: id, before, after: changes });
    const { appointmentType } = changes;
    if (appointmentType !== current.appointmentType) await repriceTicket(tx, id, appointmentType);
    if (moves) await emit(tx, notifyAppointment, { appointmentId: id, event: 'moved' });
    return getAppointment({ ...tx, scopes: ['any'] }, id);
  });
}
