import { and, asc, between, eq, exists, gt, gte, isNull, lt, sql } from 'drizzle-orm';
import { unionAll } from 'drizzle-orm/mysql-core';
import type * as v from 'valibot';
import type { Ctx } from '../../context.ts';
import type { Database } from '../../db/client.ts';
import { fromUtcText, toUtcText } from '../../db/columns.ts';
import { statements } from '../../db/statement.ts';
import { InvalidField } from '../../errors.ts';
import { BEFORE_FIRST_DAY } from '../../given-time.ts';
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
  if (days < 0) throw new InvalidField('date_to', BEFORE_FIRST_DAY);
  if (days >= MAX_DAYS) {
    throw new InvalidField('date_to', { es: `Máximo ${MAX_DAYS} días.`, en: `At most ${MAX_DAYS} days.` });
  }
}

type Shape = { one: boolean; special: boolean };

const shapeOf = (query: Query): Shape => ({
  one: query.therapist_id !== undefined,
  special: query.specialty_id !== undefined,
});

const workingBlocks = statements(
  (db: Database, { one, special }: Shape) =>
    db
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
          one ? eq(therapists.id, sql.placeholder('therapistId')) : undefined,
          special ? exists(specialists(db)) : undefined,
        ),
      )
      .orderBy(asc(therapists.id)),
  'shared',
);

const specialists = (db: Database) =>
  db
    .select({ one: sql`1` })
    .from(therapistSpecialties)
    .where(
      and(
        eq(therapistSpecialties.therapistId, therapists.id),
        eq(therapistSpecialties.specialtyId, sql.placeholder('specialtyId')),
      ),
    );

async function workersOf(ctx: Ctx, query: Query): Promise<Worker[]> {
  const { therapist_id: therapistId, specialty_id: specialtyId } = query;
  const rows = await workingBlocks(ctx.db, shapeOf(query), { therapistId, specialtyId });
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

const NO_INSTANT = sql<string>`cast(null as datetime(3))`;

const busyRows = statements((db: Database, { one }: Pick<Shape, 'one'>) => {
  const [from, to] = [sql.placeholder('from'), sql.placeholder('to')];
  const therapistId = sql.placeholder('therapistId');
  const none = sql<string | null>`cast(null as date)`.as('day');
  const booked = db
    .select({
      therapistId: sql<number>`${appointments.therapistId}`.mapWith(Number).as('therapist_id'),
      startsAt: sql<string>`${appointments.dateTime}`.as('starts_at'),
      endsAt: sql<string>`${appointments.endsAt}`.as('ends_at'),
      day: none,
    })
    .from(appointments)
    .where(
      and(
        one ? eq(appointments.therapistId, therapistId) : undefined,
        // One that began before the range may reach into it, by at most the longest duration.
        gte(appointments.dateTime, sql.placeholder('reaching')),
        lt(appointments.dateTime, to),
        occupying(appointments.status),
      ),
    );
  const absent = db
    .select({
      therapistId: sql<number>`${timeOff.therapistId}`.mapWith(Number).as('therapist_id'),
      startsAt: sql<string>`${timeOff.startsAt}`.as('starts_at'),
      endsAt: sql<string>`${timeOff.endsAt}`.as('ends_at'),
      day: none,
    })
    .from(timeOff)
    .where(
      and(
        one ? eq(timeOff.therapistId, therapistId) : undefined,
        lt(timeOff.startsAt, to),
        gt(timeOff.endsAt, from),
      ),
    );
  const closed = db
    .select({
      therapistId: sql<number>`${EVERYBODY}`.mapWith(Number).as('therapist_id'),
      startsAt: NO_INSTANT.as('starts_at'),
      endsAt: NO_INSTANT.as('ends_at'),
      day: sql<string | null>`${holidays.date}`.as('day'),
    })
    .from(holidays)
    .where(
      and(
        isNull(holidays.deletedAt),
        between(holidays.date, sql.placeholder('firstDay'), sql.placeholder('lastDay')),
      ),
    );
  return unionAll(booked, absent, closed);
}, 'shared');

/** What is taken between two instants, by therapist. */
async function busyTimes(
  ctx: Ctx,
  query: Query,
  from: Temporal.Instant,
  to: Temporal.Instant,
): Promise<Map<number, Span[]>> {
  const { timeZone } = ctx.services.config;
  const rows = await busyRows(
    ctx.db,
    { one: query.therapist_id !== undefined },
    {
      therapistId: query.therapist_id,
      from: toUtcText(from),
      to: toUtcText(to),
      reaching: toUtcText(addMinutes(from, -LONGEST)),
      firstDay: query.date_from,
      lastDay: query.date_to,
    },
  );
  const busy = new Map<number, Span[]>();
  for (const row of rows) {
    const span = row.day
      ? {
          start: startOfDay(row.day, timeZone).epochMilliseconds,
          end: endOfDay(row.day, timeZone).epochMilliseconds,
        }
      : { start: fromUtcText(row.startsAt), end: fromUtcText(row.endsAt) };
    const spans = busy.get(row.therapistId);
    if (spans) spans.push(span);
    else busy.set(row.therapistId, [span]);
  }
  return busy;
}
