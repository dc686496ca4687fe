import { and, eq, gt, gte, isNull, sql } from 'drizzle-orm';
import type { Ctx, Services } from '../../context.ts';
import { statement } from '../../db/statement.ts';
import { toUtcText } from '../../db/columns.ts';
import { localDay, startOfDay } from '../../time.ts';
import { holidays, scheduleBlocks, therapists, timeOff } from './tables.ts';
import type { Block, Span } from './working-hours.ts';

/** What decides, beside appointments, when a therapist can be booked from a day on; dates in the clinic's zone. */
export type Availability = {
  version: number;
  /** The first day of it. */
  from: string;
  blocks: Block[];
  absences: Span[];
  closedDays: ReadonlySet<string>;
};

const blocksOf = statement((db) =>
  db
    .select({
      weekday: scheduleBlocks.weekday,
      startMinute: scheduleBlocks.startMinute,
      endMinute: scheduleBlocks.endMinute,
    })
    .from(scheduleBlocks)
    .where(eq(scheduleBlocks.therapistId, sql.placeholder('therapistId'))),
);

const absencesOf = statement((db) =>
  db
    .select({ startsAt: timeOff.startsAt, endsAt: timeOff.endsAt })
    .from(timeOff)
    .where(
      and(
        eq(timeOff.therapistId, sql.placeholder('therapistId')),
        gt(timeOff.endsAt, sql.placeholder('since')),
      ),
    ),
);

const closedDays = statement((db) =>
  db
    .select({ date: holidays.date })
    .from(holidays)
    .where(and(isNull(holidays.deletedAt), gte(holidays.date, sql.placeholder('from')))),
);

const known = new WeakMap<Services, Map<number, Availability>>();

/**
 * When a therapist can be booked, appointments aside. Their row is locked by `tx` and says `version`: as long as that is
 * the same nothing has changed, so it is read once and remembered in this process, from the day of the first look on.
 */
export async function availabilityOf(
  tx: Ctx,
  { therapistId, version, at }: { therapistId: number; version: number; at: Temporal.Instant },
): Promise<Availability> {
  const { timeZone } = tx.services.config;
  const remembered = known.get(tx.services) ?? new Map<number, Availability>();
  known.set(tx.services, remembered);
  const day = localDay(at, timeZone);
  const found = remembered.get(therapistId);
  if (found && found.version === version && found.from <= day) return found;

  const today = localDay(tx.now, timeZone);
  const from = day < today ? day : today;
  const since = startOfDay(from, timeZone);
  const [blocks, absences, days] = await Promise.all([
    blocksOf(tx.db, { therapistId }),
    absencesOf(tx.db, { therapistId, since: toUtcText(since) }),
    closedDays(tx.db, { from }),
  ]);
  const availability = {
    version,
    from,
    blocks,
    absences: absences.map(({ startsAt, endsAt }) => ({
      start: startsAt.epochMilliseconds,
      end: endsAt.epochMilliseconds,
    })),
    closedDays: new Set(days.map(({ date }) => date)),
  };
  remembered.set(therapistId, availability);
  return availability;
}

/**
 * To be called within the transaction that changes when a therapist, or without an id anybody, can be booked: locks
 * them as a booking does, and no process goes by what it remembers.
 */
export async function availabilityChanged(tx: Ctx, therapistId?: number): Promise<void> {
  await tx.db
    .update(therapists)
    .set({ availabilityVersion: sql`${therapists.availabilityVersion} + 1` })
    .where(therapistId === undefined ? undefined : eq(therapists.id, therapistId));
}
