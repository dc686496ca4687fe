import { and, eq, gt, inArray, isNull, lt, ne, type SQL, sql } from 'drizzle-orm';
import { unionAll } from 'drizzle-orm/mysql-core';
import type { Ctx } from '../../context.ts';
import type { Database } from '../../db/client.ts';
import { toUtcText } from '../../db/columns.ts';
import { statements } from '../../db/statement.ts';
import type { Text, Violation } from '../../errors.ts';
import { addMinutes, localDay } from '../../time.ts';
import { holidays, scheduleBlocks, timeOff } from '../therapists/tables.ts';
import { merged, workingSpans } from '../therapists/working-hours.ts';
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

/** A branch of {@link obstacles}: nothing but the rule's name, when a row of it is in the way. */
const names = (rule: Rule) => ({
  rule: sql<Rule>`${sql.raw(`'${rule}'`)}`.as('rule'),
  weekday: sql<number | null>`null`.as('weekday'),
  startMinute: sql<number | null>`null`.as('start_minute'),
  endMinute: sql<number | null>`null`.as('end_minute'),
});

/** The rows that may stand in the plan's way and the therapist's working blocks, in one query. */
const obstacles = statements((db: Database, { withRoom }: { withRoom: boolean }) => {
  const [from, to] = [sql.placeholder('from'), sql.placeholder('to')];
  const booked = (rule: Rule, whose: SQL) =>
    db
      .select(names(rule))
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
      )
      .limit(1);
  const therapistId = sql.placeholder('therapistId');
  const blocks = db
    .select({
      ...names('outside_working_hours'),
      weekday: sql<number | null>`${scheduleBlocks.weekday}`.as('weekday'),
      startMinute: sql<number | null>`${scheduleBlocks.startMinute}`.as('start_minute'),
      endMinute: sql<number | null>`${scheduleBlocks.endMinute}`.as('end_minute'),
    })
    .from(scheduleBlocks)
    .where(eq(scheduleBlocks.therapistId, therapistId));
  const away = db
    .select(names('therapist_time_off'))
    .from(timeOff)
    .where(and(eq(timeOff.therapistId, therapistId), lt(timeOff.startsAt, to), gt(timeOff.endsAt, from)))
    .limit(1);
  const closed = db
    .select(names('clinic_closed'))
    .from(holidays)
    .where(
      and(
        isNull(holidays.deletedAt),
        inArray(holidays.date, [sql.placeholder('firstDay'), sql.placeholder('lastDay')]),
      ),
    )
    .limit(1);
  const therapist = booked('therapist_busy', eq(appointments.therapistId, therapistId));
  const patient = booked('patient_busy', eq(appointments.patientId, sql.placeholder('patientId')));
  const everywhere = unionAll(blocks, away, closed, therapist, patient);
  return withRoom
    ? everywhere.unionAll(booked('room_busy', eq(appointments.room, sql.placeholder('room'))))
    : everywhere;
}, 'binary');

/** The rules that other rows break: working hours, absences, holidays and other appointments. */
async function brokenByOthers(tx: Ctx, plan: Plan): Promise<Rule[]> {
  const { timeZone } = tx.services.config;
  const endsAt = addMinutes(plan.startsAt, plan.duration);
  const firstDay = localDay(plan.startsAt, timeZone);
  const lastDay = localDay(addMinutes(endsAt, -1), timeZone);
  const rows = await obstacles(
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
  const blocks = rows
    .filter(({ rule }) => rule === 'outside_working_hours')
    .map((row) => ({
      weekday: Number(row.weekday),
      startMinute: Number(row.startMinute),
      endMinute: Number(row.endMinute),
    }));
  const works = merged(workingSpans(blocks, firstDay, lastDay, timeZone)).some(
    (span) => span.start <= plan.startsAt.epochMilliseconds && endsAt.epochMilliseconds <= span.end,
  );
  const rules = rows.map(({ rule }) => rule).filter((rule) => rule !== 'outside_working_hours');
  return works ? rules : ['outside_working_hours', ...rules];
}
