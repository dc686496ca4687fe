import { mayBecome, type Status } from '../../modules/appointments/status.ts';
import type { Appointment } from './api-types.ts';
import type { Clinic } from './clinic.ts';

/** What can be done with an appointment, the usual next step first. */
const ACTIONS = ['confirmed', 'in_progress', 'completed', 'no_show', 'cancelled'] as const;
export type Action = (typeof ACTIONS)[number];

/** Those that cannot be undone: they are asked about first. */
export const FINAL: readonly Action[] = ['completed', 'no_show', 'cancelled'];

/** States that tell of a treatment (contract, "Appointments": not for the front desk). */
const TREATING: readonly Status[] = ['in_progress', 'completed'];

/** The steps that the appointment can take now and this person may do. */
export function actionsFor({ status, date_time: at }: Appointment, { may }: Clinic): Action[] {
  if (!may('appointments:change_status')) return [];
  const hasBegun = Date.parse(at) <= Date.now();
  return ACTIONS.filter(
    (action) =>
      mayBecome(status, action) &&
      (!TREATING.includes(action) || may('appointments:treat')) &&
      (action !== 'no_show' || hasBegun),
  );
}
