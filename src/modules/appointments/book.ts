import type * as v from 'valibot';
import { user } from '../../access/ownership.ts';
import { type Ctx, transaction } from '../../context.ts';
import { audit } from '../../db/audit.ts';
import { Closing } from '../../db/closing.ts';
import { emit } from '../../db/outbox.ts';
import { insertStatement } from '../../db/statement.ts';
import { AppError, RuleViolation } from '../../errors.ts';
import { givenInstant } from '../../given-time.ts';
import { addMinutes } from '../../time.ts';
import { issueTicket } from '../billing/issue-ticket.ts';
import { notifyAppointment } from '../notifications/jobs.ts';
import { figuresChanged } from '../reports/statistics/changed.ts';
import { lockAndJudge } from './rules.ts';
import type { BookAppointment } from './schemas.ts';
import { appointments } from './tables.ts';
import { appointmentViewer } from './view.ts';

const insertAppointment = insertStatement(appointments, [
  'patientId',
  'therapistId',
  'dateTime',
  'duration',
  'endsAt',
  'appointmentType',
  'room',
  'reason',
  'notes',
  'price',
  'createdBy',
  'createdAt',
  'updatedAt',
]);

/**
 * Books an appointment: the appointment, its ticket and the event that notifies the patient, or nothing.
 * @throws RuleViolation with every rule it breaks; AppError INSUFFICIENT_PERMISSIONS when a patient books for another;
 * InvalidField for a patient or therapist that does not exist
 */
export async function book(ctx: Ctx, input: v.InferOutput<typeof BookAppointment>) {
  const { metrics } = ctx.services;
  if (!ctx.scopes.includes('any') && user(ctx).patientId !== input.patient_id) {
    throw new AppError('INSUFFICIENT_PERMISSIONS', { rule: 'own_appointments_only' });
  }
  const startsAt = givenInstant(ctx, 'date_time', input.date_time);
  const stop = metrics.appointmentCreation.startTimer();
  const booked = await transaction(ctx, async (tx) => {
    const { therapist_id: therapistId, patient_id: patientId, duration, room = null } = input;
    const appointmentType = input.appointment_type ?? null;
    const plan = { therapistId, patientId, room, appointmentType, startsAt, duration, moving: null };
    const [{ violations, price, ...parties }, view] = await Promise.all([
      lockAndJudge(tx, plan),
      appointmentViewer(tx),
    ]);
    const [first, ...others] = violations;
    if (first) throw new RuleViolation([first, ...others]);

    const values = {
      patientId,
      therapistId,
      dateTime: startsAt,
      duration,
      endsAt: addMinutes(startsAt, duration),
      appointmentType,
      room,
      reason: input.reason ?? null,
      notes: input.notes ?? null,
      price,
      createdBy: tx.actor.kind === 'user' ? tx.actor.userId : null,
      createdAt: tx.now,
      updatedAt: tx.now,
    };
    const id = await insertAppointment(tx.db, values);
    await figuresChanged(tx, [startsAt]);
    const after = { ...input, date_time: startsAt.toString(), price };
    return new Closing(async () => {
      const [, , ticket] = await Promise.all([
        audit(tx, { action: 'create', entity: 'appointment', entityId: id, after }),
        emit(tx, notifyAppointment, { appointmentId: id, event: 'booked' }),
        issueTicket(tx, id, price),
      ]);
      return view({ id, ...values, ...parties, status: 'pending', sequence: 0, ticket });
    });
  });
  stop();
  if (!ctx.idempotency?.replayed) metrics.appointmentsCreated.inc();
  return booked;
}
