import { and, eq, gt, lt, notExists, type SQL, sql } from 'drizzle-orm';
import type { Ctx } from '../../context.ts';
import { InvalidField, type Text } from '../../errors.ts';
import { ENDS_TOO_EARLY, givenInstant } from '../../given-time.ts';
import { addMinutes } from '../../time.ts';
import { LONGEST } from './limits.ts';
import { occupying } from './status.ts';
import { appointments, rooms } from './tables.ts';

/**
 * WHERE: the room is in use at the clinic and nobody has it at any time from `from` to `to`; undefined without both.
 * @throws InvalidField when one of them is missing or no instant, or they are the wrong way round
 */
export function freeRooms(ctx: Ctx, from: string | undefined, to: string | undefined): SQL | undefined {
  if (from === undefined && to === undefined) return undefined;
  const [start, end] = [bound(ctx, 'available_from', from), bound(ctx, 'available_to', to)];
  if (Temporal.Instant.compare(start, end) >= 0) throw new InvalidField('available_to', ENDS_TOO_EARLY);
  const taken = ctx.db
    .select({ one: sql`1` })
    .from(appointments)
    .where(
      and(
        eq(appointments.room, rooms.name),
        // No appointment is longer: this keeps to a short range of the index.
        gt(appointments.dateTime, addMinutes(start, -LONGEST)),
        lt(appointments.dateTime, end),
        gt(appointments.endsAt, start),
        occupying(appointments.status),
      ),
    );
  return and(eq(rooms.isActive, true), notExists(taken));
}

function bound(ctx: Ctx, field: string, text: string | undefined): Temporal.Instant {
  if (text === undefined) throw new InvalidField(field, BOTH);
  return givenInstant(ctx, field, text);
}

const BOTH: Text = { es: 'Indique el inicio y el fin.', en: 'Give the start and the end.' };
