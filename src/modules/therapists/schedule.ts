import { asc, eq } from 'drizzle-orm';
import type * as v from 'valibot';
import { type Ctx, transaction } from '../../context.ts';
import { audit } from '../../db/audit.ts';
import { InvalidField } from '../../errors.ts';
import { ENDS_TOO_EARLY } from '../../given-time.ts';
import { assertUnchanged } from '../../http/etag.ts';
import { availabilityChanged } from './availability.ts';
import { assertTherapist, lockTherapist } from './lock.ts';
import type { ScheduleInput } from './schedule-schemas.ts';
import { scheduleBlocks } from './tables.ts';
import type { Block } from './working-hours.ts';

type Input = v.InferOutput<typeof ScheduleInput>;

const DAY_MINUTES = 1_440;

const toMinute = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));

/** A minute of the day as `HH:MM`. */
export const toTimeText = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;

/** The therapist's working week, ascending. @throws AppError NOT_FOUND */
export async function getSchedule(ctx: Ctx, therapistId: number) {
  await assertTherapist(ctx, therapistId);
  return readSchedule(ctx, therapistId);
}

/**
 * Replaces the whole working week; what is booked already stays.
 * @throws InvalidField for a block that ends before it starts or overlaps another; AppError NOT_FOUND,
 * PRECONDITION_FAILED or INSUFFICIENT_PERMISSIONS
 */
export function replaceSchedule(ctx: Ctx, therapistId: number, input: Input) {
  const blocks = blocksOf(input);
  return transaction(ctx, async (tx) => {
    await lockTherapist(tx, therapistId);
    const before = await readSchedule(tx, therapistId);
    assertUnchanged(tx, before);
    await tx.db.delete(scheduleBlocks).where(eq(scheduleBlocks.therapistId, therapistId));
    if (blocks.length > 0) {
      await tx.db.insert(scheduleBlocks).values(blocks.map((block) => ({ ...block, therapistId })));
    }
    await availabilityChanged(tx, therapistId);
    const after = await readSchedule(tx, therapistId);
    await audit(tx, {
      action: 'update',
      entity: 'schedule',
      entityId: therapistId,
      before: { blocks: before },
      after: { blocks: after },
    });
    return after;
  });
}

async function readSchedule(ctx: Ctx, therapistId: number) {
  const rows = await ctx.db
    .select()
    .from(scheduleBlocks)
    .where(eq(scheduleBlocks.therapistId, therapistId))
    .orderBy(asc(scheduleBlocks.weekday), asc(scheduleBlocks.startMinute));
  return rows.map(({ weekday, startMinute, endMinute }) => ({
    weekday,
    start_time: toTimeText(startMinute),
    end_time: toTimeText(endMinute),
  }));
}

function blocksOf(input: Input): Block[] {
  const blocks: Block[] = [];
  for (const [index, { weekday, start_time, end_time }] of input.entries()) {
    const block = {
      weekday,
      startMinute: toMinute(start_time),
      endMinute: toMinute(end_time) || DAY_MINUTES,
    };
    if (block.endMinute <= block.startMinute) throw new InvalidField(`${index}.end_time`, ENDS_TOO_EARLY);
    if (blocks.some((other) => overlap(block, other)))
      throw new InvalidField(`${index}.start_time`, OVERLAPS);
    blocks.push(block);
  }
  return blocks;
}

const overlap = (a: Block, b: Block): boolean =>
  a.weekday === b.weekday && a.startMinute < b.endMinute && b.startMinute < a.endMinute;

const OVERLAPS = {
  es: 'Se superpone con otro bloque del mismo día.',
  en: 'Overlaps another block of the same day.',
};
