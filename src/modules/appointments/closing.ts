import type { Ctx } from '../../context.ts';
import { RuleViolation } from '../../errors.ts';
import { optionLabel } from '../../http/field-labels.ts';
import { isFinal, mayBecome, type Status } from './status.ts';

type State = { status: Status; dateTime: Temporal.Instant };

/** @throws RuleViolation `appointment_closed` for an appointment in a final state */
export function assertOpen({ status }: State): void {
  if (!isFinal(status)) return;
  throw new RuleViolation([
    {
      rule: 'appointment_closed',
      message: {
        es: 'La cita ya está cerrada y no se puede modificar.',
        en: 'The appointment is closed and cannot be changed.',
      },
    },
  ]);
}

/** Patients may not cancel or move an appointment that is about to begin. @throws RuleViolation `cancellation_window` */
export function assertWindow(ctx: Ctx, { dateTime }: State): void {
  const hours = ctx.services.config.cancellationWindowHours;
  const isPatient = !ctx.scopes.includes('any') && ctx.scopes.includes('own');
  const remaining = dateTime.epochMilliseconds - ctx.now.epochMilliseconds;
  if (!isPatient || remaining >= hours * 3_600_000) return;
  throw new RuleViolation([
    {
      rule: 'cancellation_window',
      message: {
        es: `Solo puede cancelar o cambiar la cita hasta ${hours} horas antes; llame a la clínica.`,
        en: `You can cancel or move the appointment up to ${hours} hours before; call the clinic.`,
      },
    },
  ]);
}

/** @throws RuleViolation `invalid_status_transition` when the contract does not allow the step, or a no-show comes too early */
export function assertTransition(ctx: Ctx, { status, dateTime }: State, to: Status): void {
  const early = to === 'no_show' && Temporal.Instant.compare(ctx.now, dateTime) < 0;
  if (mayBecome(status, to) && !early) return;
  const [from, into] = [optionLabel(status), optionLabel(to)];
  throw new RuleViolation([
    {
      rule: 'invalid_status_transition',
      message: early
        ? {
            es: 'La inasistencia solo se marca pasada la hora de la cita.',
            en: 'A no-show is marked only once the start has passed.',
          }
        : {
            es: `Una cita no pasa de "${from.es}" a "${into.es}".`,
            en: `An appointment does not go from "${from.en}" to "${into.en}".`,
          },
    },
  ]);
}
