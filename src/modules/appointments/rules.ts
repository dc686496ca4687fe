import { and, eq, exists, gt, inArray, isNull, lt, ne, type SQL, type SQLWrapper, sql } from 'drizzle-orm';
import type { Ctx } from '../../context.ts';
import type { Database } from '../../db/client.ts';
import { toUtcText } from '../../db/columns.ts';
import { statements } from '../../db/statement.ts';
import { notFound, type Text, type Violation } from '../../errors.ts';
import { addMinutes, localDay } from '../../time.ts';
import { holidays, scheduleBlocks, therapists, timeOff } from '../therapists/tables.ts';
import { type Block, merged, workingSpans } from '../therapists/working-hours.ts';
import { HORIZON_DAYS, INVALID_DURATION, isDuration, LONGEST } from './limits.ts';
import type { Party } from './lock.ts';
import { occupying } from './status.ts';
import { appointments } from './tables.ts';

/** What is to be booked, or what an appointment is to become. */
export type Plan = {
  therapist: Party;
  patient: Party;
  room: string | null;
  startsAt: Temporal.Instant;
  /** Minutes. */
  duration: number;
  /** The appointment that moves: it does not stand in its own way. */
  moving: number | null;
};

/** The sentences of the contract's booking rules. */
const RULES = {
  appointment_in_past: { es: 'La cita debe ser en el futuro.', en: 'The appointment must be in the future.' },
  invalid_duration: INVALID_DURATION,
  beyond_booking_horizon: {
    es: `Solo se reserva hasta con ${HORIZON_DAYS} días de anticipación.`,
    en: `Appointments are booked at most ${HORIZON_DAYS} days ahead.`,
  },
  outside_working_hours: {
    es: 'El terapeuta no atiende en ese horario.',
    en: 'The therapist does not work at that time.',
  },
  therapist_time_off: {
    es: 'El terapeuta está ausente en ese horario.',
    en: 'The therapist is away at that time.',
  },
  clinic_closed: { es: 'La clínica no atiende ese día.', en: 'The clinic is closed on that day.' },
  therapist_inactive: { es: 'El terapeuta no está activo.', en: 'The therapist is not active.' },
  patient_inactive: { es: 'El paciente no está activo.', en: 'The patient is not active.' },
  therapist_busy: {
    es: 'El terapeuta ya tiene una cita a esa hora.',
    en: 'The therapist already has an appointment then.',
  },
  patient_busy: {
    es: 'El paciente ya tiene una cita a esa hora.',
    en: 'The patient already has an appointment then.',
  },
  room_busy: { es: 'El consultorio está ocupado a esa hora.', en: 'The room is occupied at that time.' },
} as const satisfies Record<string, Text>;

type Rule = keyof typeof RULES;

/**
 * Every booking rule that the plan breaks, in the contract's order. Reads what is committed: the therapist, the
 * patient and the room must be locked before (`lock.ts`), so that nobody books in between.
 */
export async function brokenRules(tx: Ctx, plan: Plan): Promise<Violation[]> {
  const broken = new Set<Rule>();
  const { startsAt, duration, therapist, patient } = plan;
  const ahead = startsAt.epochMilliseconds - tx.now.epochMilliseconds;
  if (ahead <= 0) broken.add('appointment_in_past');
  if (ahead > HORIZON_DAYS * 86_400_000) broken.add('beyond_booking_horizon');
  if (!therapist.active) broken.add('therapist_inactive');
  if (!patient.active) broken.add('patient_inactive');

  if (!isDuration(duration)) broken.add('invalid_duration');
  // Of a duration that is not allowed, as much is judged as could be: the other rules are to be told, too.
  const judged = Math.min(Math.max(duration, 1), LONGEST);
  for (const rule of await brokenByOthers(tx, { ...plan, duration: judged })) broken.add(rule);

  return (Object.keys(RULES) as Rule[])
    .filter((rule) => broken.has(rule))
    .map((rule) => ({ rule, message: RULES[rule] }));
}

/** What stands in the plan's way, by the rule that it breaks, and the therapist's working blocks: one row. */
const obstacles = statements((db: Database, { withRoom }: { withRoom: boolean }) => {
  const [from, to] = [sql.placeholder('from'), sql.placeholder('to')];
  const therapistId = sql.placeholder('therapistId');
  const booked = (whose: SQL) =>
    isThere(
      db
        .select({ id: appointments.id })
        .from(appointments)
        .where(
          and(
            whose,
            lt(appointments.dateTime, to),
            gt(appointments.dateTime, sql.placeholder('reaching')),
            gt(appointments.endsAt, from),
            ne(appointments.id, sql.placeholder('moving')),
            occupying(appointments.status),
          ),
        ),
    );
  const away = db
    .select({ id: timeOff.id })
    .from(timeOff)
    .where(and(eq(timeOff.therapistId, therapistId), lt(timeOff.startsAt, to), gt(timeOff.endsAt, from)));
  const closed = db
    .select({ id: holidays.id })
    .from(holidays)
    .where(
      and(
        isNull(holidays.deletedAt),
        inArray(holidays.date, [sql.placeholder('firstDay'), sql.placeholder('lastDay')]),
      ),
    );
  const { weekday, startMinute, endMinute } = scheduleBlocks;
  const blocks = db
    .select({ all: sql`json_arrayagg(json_array(${weekday}, ${startMinute}, ${endMinute}))` })
    .from(scheduleBlocks)
    .where(eq(scheduleBlocks.therapistId, therapistId));
  return db
    .select({
      blocks: sql<Block[] | null>`(${blocks})`.mapWith(readBlocks),
      therapist_time_off: isThere(away),
      clinic_closed: isThere(closed),
      therapist_busy: booked(eq(appointments.therapistId, therapistId)),
      patient_busy: booked(eq(appointments.patientId, sql.placeholder('patientId'))),
      room_busy: withRoom ? booked(eq(appointments.room, sql.placeholder('room'))) : sql<number>`0`,
    })
    .from(therapists)
    .where(eq(therapists.id, therapistId));
}, 'binary');

const isThere = (query: SQLWrapper) => sql<number>`${exists(query)}`;

/** JSON is parsed by the driver where the server has a type for it (MySQL), and by us where it is a text (MariaDB). */
const readBlocks = (json: unknown): Block[] =>
  ((typeof json === 'string' ? JSON.parse(json) : json) as [number, number, number][]).map(
    ([weekday, startMinute, endMinute]) => ({ weekday, startMinute, endMinute }),
  );

/** The rules that other rows break: working hours, absences, holidays and other appointments. */
async function brokenByOthers(tx: Ctx, plan: Plan): Promise<Rule[]> {
  const { timeZone } = tx.services.config;
  const endsAt = addMinutes(plan.startsAt, plan.duration);
  const firstDay = localDay(plan.startsAt, timeZone);
  const lastDay = localDay(addMinutes(endsAt, -1), timeZone);
  const [found] = await obstacles(
    tx.db,
    { withRoom: plan.room !== null },
    {
      from: toUtcText(plan.startsAt),
      to: toUtcText(endsAt),
      reaching: toUtcText(addMinutes(plan.startsAt, -LONGEST)),
      moving: plan.moving ?? 0,
      therapistId: plan.therapist.id,
      patientId: plan.patient.id,
      room: plan.room,
      firstDay,
      lastDay,
    },
  );
  if (!found) throw notFound();
  const { blocks, ...others } = found;
  const works = merged(workingSpans(blocks ?? [], firstDay, lastDay, timeZone)).some(
    (span) => span.start <= plan.startsAt.epochMilliseconds && endsAt.epochMilliseconds <= span.end,
  );
  const rules = (Object.keys(others) as (keyof typeof others)[]).filter((rule) => others[rule] === 1);
  return works ? rules : ['outside_working_hours', ...rules];
}
