import * as v from 'valibot';
import { STATUSES, type Status } from '../appointments/status.ts';

/** A count for every state. */
export const StatusCounts = v.object({
  pending: v.number(),
  confirmed: v.number(),
  in_progress: v.number(),
  completed: v.number(),
  cancelled: v.number(),
  no_show: v.number(),
});

/** Counts by state, with a zero for those that are not there. */
export const byStatus = (rows: readonly { status: Status; total: number }[]): Record<Status, number> =>
  Object.fromEntries(
    STATUSES.map((status) => [status, rows.find((row) => row.status === status)?.total ?? 0]),
  ) as Record<Status, number>;
