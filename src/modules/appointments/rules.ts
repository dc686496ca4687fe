import { and, eq, exists, gt, inArray, isNull, lt, ne, type SQL, type SQLWrapper, sql } from 'drizzle-orm';
import type { Ctx } from '../../context.ts';
import type { Database } from '../../db/client.ts';
import { toUtcText } from '../../db/columns.ts';
import { statements } from '../../db/statement.ts';
import type { Text, Violation } from '../../errors.ts';
import { addMinutes, localDay } from '../../time.ts';
import { holidays, scheduleBlocks, therapists, timeOff } from '../therapists/tables.ts';
import { merged, workingSpans } from '../therapists/working-hours.ts';
import { HORIZON_DAYS, INVALID_DURATION, isDuration, LONGEST } from './limits.ts';
import { lockParties, type Wanted } from './lock.ts';
import { occupying } from './status.ts';
import { appointments } from './tables.ts';

/** With whom, where and when something is to be booked, or an appointment is to move. */
export type Plan = Wanted & {
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
 * Locks all that the plan may collide on and tells every booking rule that it breaks, in the contract's order. What is
 * in its way is read in the packet of the locks, behind them, so nobody books in between.
 * @throws InvalidField against `therapist_id` or `patient_id` when there is no such record
 */
export async function lockAndJudge(tx: Ctx, plan: Plan) {
  const [parties, byOthers] = await Promise.all([lockParties(tx, plan), brokenByOthers(tx, plan)]);
  const broken = new Set(byOthers);
  const ahead = plan.startsAt.epochMilliseconds - tx.now.epochMilliseconds;
  if (ahead <= 0) broken.add('appointment_in_past');
  if (ahead > HORIZON_DAYS * 86_400_000) broken.add('beyond_booking_horizon');
  if (!parties.therapist.active) broken.add('therapist_inactive');
  if (!parties.patient.active) broken.add('patient_inactive');
  if (!isDuration(plan.duration)) broken.add('invalid_duration');
  const violations = (Object.keys(RULES) as Rule[])
    .filter((rule) => broken.has(rule))
    .map((rule): Violation => ({ rule, message: RULES[rule] }));
  return { ...parties, violations };
}

/** What stands in the plan's way, by the rule that it breaks: a row for each of the therapist's working blocks. */
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
  return db
    .select({
      block: {
        weekday: scheduleBlocks.weekday,
        startMinute: scheduleBlocks.startMinute,
        endMinute: scheduleBlocks.endMinute,
      },
      therapist_time_off: isThere(away),
      clinic_closed: isThere(closed),
      therapist_busy: booked(eq(appointments.therapistId, therapistId)),
      patient_busy: booked(eq(appointments.patientId, sql.placeholder('patientId'))),
      room_busy: withRoom ? booked(eq(appointments.room, sql.placeholder('room'))) : sql<number>`0`,
    })
    .from(therapists)
    .leftJoin(scheduleBlocks, eq(scheduleBlocks.therapistId, therapists.id))
    .where(eq(therapists.id, therapistId));
});

const isThere = (query: SQLWrapper) => sql<number>`${exists(query)}`;

/** The rules that other rows break: working hours, absences, holidays and other appointments. */
async function brokenByOthers(tx: Ctx, plan: Plan): Promise<Rule[]> {
  const { timeZone } = tx.services.config;
  // Of a duration that is not allowed, as much is judged as could be: the other rules are to be told, too.
  const endsAt = addMinutes(plan.startsAt, Math.min(Math.max(plan.duration, 1), LONGEST));
  const firstDay = localDay(plan.startsAt, timeZone);
  const lastDay = localDay(addMinutes(endsAt, -1), timeZone);
  const { therapistId, patientId, room } = plan;
  const rows = await obstacles(
    tx.db,
    { withRoom: room !== null },
    {
      from: toUtcText(plan.startsAt),
      to: toUtcText(endsAt),
      reaching: toUtcText(addMinutes(plan.startsAt, -LONGEST)),
      moving: plan.moving ?? 0,
      therapistId,
      patientId,
      room,
      firstDay,
      lastDay,
    },
  );
  const blocks = rows.flatMap(({ block }) => block ?? []);
  const works = merged(workingSpans(blocks, firstDay, lastDay, timeZone)).some(
    (span) => span.start <= plan.startsAt.epochMilliseconds && endsAt.epochMilliseconds <= span.end,
  );
  const { block: _, ...others } = rows[0] ?? { block: null };
  const rules = (Object.keys(others) as (keyof typeof others)[]).filter((rule) => others[rule] === 1);
  return works ? rules : ['outside_working_hours', ...rules];
}
