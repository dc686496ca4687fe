import { and, asc, eq, exists, isNull, sql } from 'drizzle-orm';
import type * as v from 'valibot';
import type { Ctx } from '../../context.ts';
import { fromUtcText, toUtcText } from '../../db/columns.ts';
import { InvalidField } from '../../errors.ts';
import { fullName } from '../../person.ts';
import { addMinutes, endOfDay, formatInstant, startOfDay } from '../../time.ts';
import { holidays, scheduleBlocks, therapists, therapistSpecialties, timeOff } from '../therapists/tables.ts';
import { type Block, overlaps, type Span, workingSpans } from '../therapists/working-hours.ts';
import { HORIZON_DAYS, INVALID_DURATION, isDuration, LONGEST } from './limits.ts';
import type { SlotsQuery } from './schemas.ts';
import { occupying } from './status.ts';
import { appointments } from './tables.ts';

/** Days that one query may span, and slots it may return. */
const MAX_DAYS = 31;
const MAX_SLOTS = 10_000;

type Query = v.InferOutput<typeof SlotsQuery>;
type Worker = { id: number; name: string; blocks: Block[] };

/**
 * The free slots of the active therapists: the starts, every `step` minutes from the beginning of each working
 * block, at which `duration` minutes are free. Nothing in the past, on holidays, or beyond the booking horizon.
 * @throws InvalidField for a range of days that is reversed or too long, or a duration that cannot be booked
 */
export async function availableSlots(ctx: Ctx, query: Query) {
  assertRange(query);
  const { timeZone } = ctx.services.config;
  const from = startOfDay(query.date_from, timeZone);
  const to = endOfDay(query.date_to, timeZone);
  const [workers, busy] = await Promise.all([workersOf(ctx, query), busyTimes(ctx, query, from, to)]);

  const earliest = ctx.now.epochMilliseconds;
  const latest = earliest + HORIZON_DAYS * 86_400_000;
  const length = query.duration * 60_000;
  const step = query.step * 60_000;
  const slots = [];
  for (const worker of workers) {
    const taken = [...(busy.get(worker.id) ?? []), ...(busy.get(EVERYBODY) ?? [])];
    for (const block of workingSpans(worker.blocks, query.date_from, query.date_to, timeZone)) {
      const inBlock = taken.filter((span) => overlaps(span, block));
      for (let start = block.start; start + length <= block.end; start += step) {
        const slot = { start, end: start + length };
        if (start <= earliest || start > latest || inBlock.some((span) => overlaps(span, slot))) continue;
        slots.push({ worker, ...slot });
      }
    }
  }
  if (slots.length > MAX_SLOTS) {
    throw new InvalidField('date_to', {
      es: 'Hay demasiados horarios; elija menos días o un terapeuta.',
      en: 'There are too many slots; choose fewer days or one therapist.',
    });
  }
  slots.sort((a, b) => a.start - b.start || a.worker.id - b.worker.id);
  const format = (epochMs: number) =>
    formatInstant(Temporal.Instant.fromEpochMilliseconds(epochMs), timeZone);
  return {
    date_from: query.date_from,
    date_to: query.date_to,
    duration: query.duration,
    slots: slots.map(({ worker, start, end }) => ({
      therapist_id: worker.id,
      therapist_name: worker.name,
      date_time: format(start),
      ends_at: format(end),
    })),
  };
}

function assertRange(query: Query): void {
  if (!isDuration(query.duration)) throw new InvalidField('duration', INVALID_DURATION);
  const days = Temporal.PlainDate.from(query.date_from).until(query.date_to).days;
  if (days < 0) {
    throw new InvalidField('date_to', {
      es: 'Debe ser igual o posterior a date_from.',
      en: 'Must not be before date_from.',
    });
  }
  if (days >= MAX_DAYS) {
    throw new InvalidField('date_to', { es: `Máximo ${MAX_DAYS} días.`, en: `At most ${MAX_DAYS} days.` });
  }
}

async function workersOf(ctx: Ctx, query: Query): Promise<Worker[]> {
  const special = query.specialty_id;
  const rows = await ctx.db
    .select({
      id: therapists.id,
      firstName: therapists.firstName,
      paternalLastName: therapists.paternalLastName,
      maternalLastName: therapists.maternalLastName,
      weekday: scheduleBlocks.weekday,
      startMinute: scheduleBlocks.startMinute,
      endMinute: scheduleBlocks.endMinute,
    })
    .from(therapists)
    .innerJoin(scheduleBlocks, eq(scheduleBlocks.therapistId, therapists.id))
    .where(
      and(
        eq(therapists.isActive, true),
        isNull(therapists.deletedAt),
        query.therapist_id === undefined ? undefined : eq(therapists.id, query.therapist_id),
        special === undefined
          ? undefined
          : exists(
              ctx.db
                .select({ one: sql`1` })
                .from(therapistSpecialties)
                .where(
                  and(
                    eq(therapistSpecialties.therapistId, therapists.id),
                    eq(therapistSpecialties.specialtyId, special),
                  ),
                ),
            ),
      ),
    )
    .orderBy(asc(therapists.id));
  const workers = new Map<number, Worker>();
  for (const row of rows) {
    const worker = workers.get(row.id) ?? { id: row.id, name: fullName(row), blocks: [] };
    worker.blocks.push(row);
    workers.set(row.id, worker);
  }
  return [...workers.values()];
}

/** Key of what keeps every therapist from working: holidays. */
const EVERYBODY = 0;

/** What is taken between two instants, by therapist, in one query. */
async function busyTimes(
  ctx: Ctx,
  query: Query,
  from: Temporal.Instant,
  to: Temporal.Instant,
): Promise<Map<number, Span[]>> {
  const { timeZone } = ctx.services.config;
  const [start, end] = [toUtcText(from), toUtcText(to)];
  const one = query.therapist_id;
  const booked = one === undefined ? sql`` : sql` and ${appointments.therapistId} = ${one}`;
  const absent = one === undefined ? sql`` : sql` and ${timeOff.therapistId} = ${one}`;
  // An appointment that began before the range may reach into it, by at most the longest duration.
  const reaching = toUtcText(addMinutes(from, -LONGEST));
  const [rows] = await ctx.db.execute(sql`
    select ${appointments.therapistId} as therapist, ${appointments.dateTime} as starts, ${appointments.endsAt} as ends, null as day
      from ${appointments}
      where ${appointments.dateTime} >= ${reaching} and ${appointments.dateTime} < ${end}
        and ${occupying(appointments.status)}${booked}
    union all
    select ${timeOff.therapistId}, ${timeOff.startsAt}, ${timeOff.endsAt}, null from ${timeOff}
      where ${timeOff.startsAt} < ${end} and ${timeOff.endsAt} > ${start}${absent}
    union all
    select ${EVERYBODY}, null, null, ${holidays.date} from ${holidays}
      where ${holidays.date} between ${query.date_from} and ${query.date_to}`);
  const busy = new Map<number, Span[]>();
  for (const row of rows as unknown as Row[]) {
    const span = row.day
      ? {
          start: startOfDay(row.day, timeZone).epochMilliseconds,
          end: endOfDay(row.day, timeZone).epochMilliseconds,
        }
      : { start: fromUtcText(row.starts), end: fromUtcText(row.ends) };
    busy.set(Number(row.therapist), [...(busy.get(Number(row.therapist)) ?? []), span]);
  }
  return busy;
}

type Row = { therapist: number | string; starts: string; ends: string; day: string | null };
