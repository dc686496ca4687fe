import { and, between, gt, inArray, isNull, lt, max, min } from 'drizzle-orm';
import type { Database } from '../../../db/client.ts';
import { endOfDay, localDay, startOfDay } from '../../../time.ts';
import { appointments } from '../../appointments/tables.ts';
import { holidays, scheduleBlocks, therapists, timeOff } from '../../therapists/tables.ts';
import { type Block, merged, type Span, workingSpans } from '../../therapists/working-hours.ts';
import { type Days, eachDay, weekdayOf } from './days.ts';

/** Minutes that patients could have been given, by therapist and by day. */
export type Offered = { byTherapist: Map<number, number>; byDay: Map<string, number> };

type Worker = { id: number; blocks: Block[]; since: string; until: string | null; off: Span[] };

/**
 * Minutes of the working hours as they are now, less holidays and time off. A therapist counts from the registration
 * or the first appointment, and one who is not active any more, or deleted, until the last appointment.
 */
export async function offeredMinutes(
  db: Database,
  days: Days,
  timeZone: string,
  therapistIds?: readonly number[],
): Promise<Offered> {
  const [workers, closed] = [await workersOn(db, days, timeZone, therapistIds), await closedDays(db, days)];
  const odd = oddDays(days, timeZone);
  const open = eachDay(days)
    .filter((day) => !closed.has(day))
    .map((day) => ({ day, weekday: weekdayOf(day), isOdd: odd.has(day), minutes: 0 }));
  const byTherapist = new Map<number, number>();
  for (const worker of workers) {
    const weekly = [0, 1, 2, 3, 4, 5, 6, 7].map((weekday) =>
      minutesIn(
        worker.blocks
          .filter((block) => block.weekday === weekday)
          .map(({ startMinute, endMinute }) => ({ start: startMinute * 60_000, end: endMinute * 60_000 })),
      ),
    );
    const away = daysAway(worker, timeZone);
    let total = 0;
    for (const one of open) {
      const { day } = one;
      if (day < worker.since || (worker.until !== null && day > worker.until)) continue;
      const minutes =
        one.isOdd || away.has(day) ? exactMinutes(worker, day, timeZone) : (weekly[one.weekday] ?? 0);
      total += minutes;
      one.minutes += minutes;
    }
    byTherapist.set(worker.id, total);
  }
  return { byTherapist, byDay: new Map(open.map(({ day, minutes }) => [day, minutes])) };
}

const minutesIn = (spans: readonly Span[]): number =>
  spans.reduce((total, { start, end }) => total + (end - start), 0) / 60_000;

/** The days on which the zone's clocks change. */
function oddDays({ from, to }: Days, timeZone: string): Set<string> {
  const end = endOfDay(to, timeZone).epochMilliseconds;
  const odd = new Set<string>();
  let at = startOfDay(from, timeZone).toZonedDateTimeISO(timeZone);
  for (;;) {
    const change = at.getTimeZoneTransition('next');
    if (!change || change.epochMilliseconds >= end) return odd;
    odd.add(localDay(change.toInstant(), timeZone));
    at = change;
  }
}

/** The days that an absence touches. */
function daysAway({ off }: Worker, timeZone: string): Set<string> {
  const local = (epochMs: number) => localDay(Temporal.Instant.fromEpochMilliseconds(epochMs), timeZone);
  return new Set(off.flatMap(({ start, end }) => eachDay({ from: local(start), to: local(end) })));
}

function exactMinutes({ blocks, off }: Worker, day: string, timeZone: string): number {
  const worked = workingSpans(blocks, day, day, timeZone);
  const lost = worked.flatMap(({ start, end }) =>
    off
      .map((span) => ({ start: Math.max(start, span.start), end: Math.min(end, span.end) }))
      .filter((span) => span.start < span.end),
  );
  return minutesIn(worked) - minutesIn(lost);
}

async function workersOn(
  db: Database,
  days: Days,
  timeZone: string,
  therapistIds: readonly number[] | undefined,
): Promise<Worker[]> {
  const among = (column: Parameters<typeof inArray>[0]) =>
    therapistIds ? inArray(column, [0, ...therapistIds]) : undefined;
  const people = await db
    .select({
      id: therapists.id,
      isActive: therapists.isActive,
      createdAt: therapists.createdAt,
      deletedAt: therapists.deletedAt,
    })
    .from(therapists)
    .where(among(therapists.id));
  const busy = await db
    .select({
      id: appointments.therapistId,
      first: min(appointments.dateTime),
      last: max(appointments.dateTime),
    })
    .from(appointments)
    .where(among(appointments.therapistId))
    .groupBy(appointments.therapistId);
  const blocks = Map.groupBy(
    await db.select().from(scheduleBlocks).where(among(scheduleBlocks.therapistId)),
    (block) => block.therapistId,
  );
  const absences = Map.groupBy(
    await db
      .select({ therapistId: timeOff.therapistId, startsAt: timeOff.startsAt, endsAt: timeOff.endsAt })
      .from(timeOff)
      .where(
        and(
          lt(timeOff.startsAt, endOfDay(days.to, timeZone)),
          gt(timeOff.endsAt, startOfDay(days.from, timeZone)),
          among(timeOff.therapistId),
        ),
      )
      .orderBy(timeOff.startsAt),
    (absence) => absence.therapistId,
  );
  const worked = new Map(busy.map((one) => [one.id, one]));
  const bounds = { start: startOfDay(days.from, timeZone), end: endOfDay(days.to, timeZone) };
  return people.map(({ id, isActive, createdAt, deletedAt }) => {
    const { first = null, last = null } = worked.get(id) ?? {};
    const registered = localDay(createdAt, timeZone);
    const began = first === null ? registered : localDay(first, timeZone);
    const ended = last === null ? '0000-00-00' : localDay(last, timeZone);
    return {
      id,
      blocks: blocks.get(id) ?? [],
      since: began < registered ? began : registered,
      until: isActive && deletedAt === null ? null : ended,
      off: merged(
        (absences.get(id) ?? []).map(({ startsAt, endsAt }) => ({
          start: Math.max(startsAt.epochMilliseconds, bounds.start.epochMilliseconds),
          end: Math.min(endsAt.epochMilliseconds, bounds.end.epochMilliseconds),
        })),
      ),
    };
  });
}

async function closedDays(db: Database, { from, to }: Days): Promise<Set<string>> {
  const rows = await db
    .select({ date: holidays.date })
    .from(holidays)
    .where(and(between(holidays.date, from, to), isNull(holidays.deletedAt)));
  return new Set(rows.map(({ date }) => date));
}
