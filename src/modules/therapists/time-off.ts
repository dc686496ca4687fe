import { and, eq, gt, lt } from 'drizzle-orm';
import type * as v from 'valibot';
import { mayActForTherapist } from '../../access/ownership.ts';
import type { Ctx } from '../../context.ts';
import { resource } from '../../db/resource.ts';
import { AppError, InvalidField } from '../../errors.ts';
import { ENDS_TOO_EARLY, givenInstant } from '../../given-time.ts';
import { endOfDay, formatInstant, startOfDay } from '../../time.ts';
import { availabilityChanged } from './availability.ts';
import { assertTherapist, lockTherapist } from './lock.ts';
import type { NewTimeOff, TimeOffQuery } from './schedule-schemas.ts';
import { timeOff } from './tables.ts';

/** Why a therapist is away is theirs and the clinic's to know. */
const timeOffView = (ctx: Ctx, row: typeof timeOff.$inferSelect) => ({
  id: row.id,
  starts_at: formatInstant(row.startsAt, ctx.services.config.timeZone),
  ends_at: formatInstant(row.endsAt, ctx.services.config.timeZone),
  reason: mayActForTherapist(ctx, row.therapistId) ? row.reason : null,
});

const records = resource({
  entity: 'time_off',
  table: timeOff,
  view: (ctx, rows) => rows.map((row) => timeOffView(ctx, row)),
  ordering: { starts_at: timeOff.startsAt },
  defaultOrdering: '-starts_at',
  changed: (tx, { therapistId }) => availabilityChanged(tx, therapistId),
});

/** A therapist's absences that touch the days asked for, the latest first. @throws AppError NOT_FOUND */
export async function listTimeOff(ctx: Ctx, therapistId: number, query: v.InferOutput<typeof TimeOffQuery>) {
  const { timeZone } = ctx.services.config;
  await assertTherapist(ctx, therapistId);
  const filters = { ...query, therapist_id: therapistId };
  return records.list(
    ctx,
    filters,
    and(
      eq(timeOff.therapistId, therapistId),
      query.date_from === undefined ? undefined : gt(timeOff.endsAt, startOfDay(query.date_from, timeZone)),
      query.date_to === undefined ? undefined : lt(timeOff.startsAt, endOfDay(query.date_to, timeZone)),
    ),
  );
}

/**
 * Notes an absence: nothing more is booked in it; what is booked already stays.
 * @throws InvalidField, AppError NOT_FOUND, or INSUFFICIENT_PERMISSIONS for another therapist's
 */
export const createTimeOff = (ctx: Ctx, therapistId: number, input: v.InferOutput<typeof NewTimeOff>) =>
  records.create(ctx, async (tx) => {
    await lockTherapist(tx, therapistId);
    const startsAt = givenInstant(tx, 'starts_at', input.starts_at);
    const endsAt = givenInstant(tx, 'ends_at', input.ends_at);
    if (Temporal.Instant.compare(endsAt, startsAt) <= 0) throw new InvalidField('ends_at', ENDS_TOO_EARLY);
    return { therapistId, startsAt, endsAt, reason: input.reason };
  });

/** Takes an absence back. @throws AppError NOT_FOUND, PRECONDITION_FAILED or INSUFFICIENT_PERMISSIONS */
export function removeTimeOff(ctx: Ctx, therapistId: number, id: number) {
  if (!mayActForTherapist(ctx, therapistId)) throw new AppError('INSUFFICIENT_PERMISSIONS');
  return records.remove(ctx, id, eq(timeOff.therapistId, therapistId));
}
