import { type Column, type SQL, sql } from 'drizzle-orm';

/** The states of an appointment (contract, "States and transitions"). */
export const STATUSES = ['pending', 'confirmed', 'in_progress', 'completed', 'cancelled', 'no_show'] as const;
export type Status = (typeof STATUSES)[number];

const TRANSITIONS: Record<Status, readonly Status[]> = {
  pending: ['confirmed', 'in_progress', 'cancelled', 'no_show'],
  confirmed: ['in_progress', 'completed', 'cancelled', 'no_show'],
  in_progress: ['completed', 'cancelled'],
  completed: [],
  cancelled: [],
  no_show: [],
};

/** Whether the contract lets an appointment go from one state to the other. */
export const mayBecome = (from: Status, to: Status): boolean => TRANSITIONS[from].includes(to);

/** A closed appointment is not modified any more. */
export const isFinal = (status: Status): boolean => TRANSITIONS[status].length === 0;

/** The states of an appointment that is still expected, or under way. */
export const OPEN = STATUSES.filter((status) => !isFinal(status));

/** SQL condition: the state keeps the therapist, the patient and the room occupied. */
export const occupying = (status: Column): SQL => sql`${status} not in ('cancelled', 'no_show')`;
