import { eq } from 'drizzle-orm';
import { may } from '../../access/authenticate.ts';
import { type Ctx, transaction } from '../../context.ts';
import { audit } from '../../db/audit.ts';
import { emit } from '../../db/outbox.ts';
import { AppError } from '../../errors.ts';
import { errorBody, toAppError } from '../../http/errors.ts';
import { cancelTicket } from '../billing/cancel-ticket.ts';
import { notifyAppointment } from '../notifications/jobs.ts';
import { figuresChanged, sessionHeld } from '../reports/statistics/changed.ts';
import { assertOpen, assertTransition, assertWindow } from './closing.ts';
import { getAppointment } from './find.ts';
import { lockAppointment } from './lock.ts';
import type { Status } from './status.ts';
import { appointments } from './tables.ts';
import type { AppointmentRow } from './view.ts';

/** States that the front desk may set; the others tell of a treatment and need `appointments:treat` (contract). */
const AT_THE_DESK: readonly Status[] = ['confirmed', 'cancelled', 'no_show'];

type Change = { status: Status; reason?: string | undefined };

/**
 * Moves an appointment to another state and notifies the patient (of a cancellation also the therapist).
 * @throws RuleViolation `invalid_status_transition`, AppError NOT_FOUND, INSUFFICIENT_PERMISSIONS, PRECONDITION_FAILED
 */
export async function changeStatus(ctx: Ctx, id: number, change: Change) {
  if (!AT_THE_DESK.includes(change.status) && !may(ctx, 'appointments:treat')) {
    throw new AppError('INSUFFICIENT_PERMISSIONS');
  }
  return transaction(ctx, async (tx) => {
    const current = await lockAppointment(tx, id);
    assertTransition(tx, current, change.status);
    return enter(tx, current, change);
  });
}

/**
 * Cancels an appointment; its unpaid ticket is cancelled with it.
 * @throws RuleViolation `appointment_closed` or `cancellation_window`, AppError NOT_FOUND, PRECONDITION_FAILED
 */
export async function cancel(ctx: Ctx, id: number, reason: string | undefined) {
  return transaction(ctx, async (tx) => {
    const current = await lockAppointment(tx, id);
    assertOpen(current);
    assertWindow(tx, current);
    return enter(tx, current, { status: 'cancelled', reason });
  });
}

/** Changes many appointments to one state, each judged alone and in a transaction of its own. */
export async function changeStatuses(ctx: Ctx, ids: readonly number[], status: Status) {
  const results = [];
  for (const id of new Set(ids)) {
    try {
      await changeStatus(ctx, id, { status });
      results.push({ id, ok: true });
    } catch (error) {
      const {
        error: text,
        code,
        details,
      } = errorBody(toAppError(error, ctx.language), ctx.language, ctx.requestId);
      results.push({ id, ok: false, error: { error: text, code, ...(details ? { details } : {}) } });
    }
  }
  return { results };
}

async function enter(tx: Ctx, current: AppointmentRow, { status, reason }: Change) {
  const { id } = current;
  const cancelled = status === 'cancelled';
  await tx.db
    .update(appointments)
    .set({
      status,
      sequence: current.sequence + 1,
      updatedAt: tx.now,
      ...(cancelled ? { cancellationReason: reason ?? null } : {}),
    })
    .where(eq(appointments.id, id));
  if (cancelled) await cancelTicket(tx, id);
  if (status === 'completed') await sessionHeld(tx, current.patientId, current.dateTime);
  await figuresChanged(tx, [current.dateTime]);
  await audit(tx, {
    action: cancelled ? 'cancel' : 'change_status',
    entity: 'appointment',
    entityId: id,
    before: { status: current.status },
    after: { status, reason },
  });
  await emit(tx, notifyAppointment, {
    appointmentId: id,
    event: cancelled ? 'cancelled' : 'status_changed',
    status,
  });
  return getAppointment(tx, id);
}
