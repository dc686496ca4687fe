import { and, eq, sql } from 'drizzle-orm';
import type { Ctx } from '../../context.ts';
import { toUtcText } from '../../db/columns.ts';
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

  if (!isDuration(duration)) {
    broken.add('invalid_duration');
  } else {
    for (const rule of await brokenByOthers(tx, plan)) broken.add(rule);
  }
  return (Object.keys(RULES) as Rule[])
    .filter((rule) => broken.has(rule))
    .map((rule) => ({ rule, message: RULES[rule] }));
}

type Obstacle = { rule: Rule; weekday: number | null; starts: number | null; ends: number | null };

/** The rules that other rows break: working hours, absences, holidays and other appointments, in one query. */
async function brokenByOthers(tx: Ctx, plan: Plan): Promise<Rule[]> {
  const { timeZone } = tx.services.config;
  const endsAt = addMinutes(plan.startsAt, plan.duration);
  const [from, to] = [toUtcText(plan.startsAt), toUtcText(endsAt)];
  const firstDay = localDay(plan.startsAt, timeZone);
  const lastDay = localDay(addMinutes(endsAt, -1), timeZone);
  const reaching = toUtcText(addMinutes(plan.startsAt, -LONGEST));
  const other = plan.moving ?? 0;
  const overlapping = sql`${appointments.dateTime} < ${to} and ${appointments.dateTime} > ${reaching}
    and ${appointments.endsAt} > ${from} and ${appointments.id} <> ${other} and ${occupying(appointments.status)}`;
  const booked = (rule: Rule, whose: ReturnType<typeof eq>) =>
    sql`(select ${rule} as rule, null as weekday, null as starts, null as ends from ${appointments}
      where ${and(whose, overlapping)} limit 1)`;
  const parts = [
    sql`(select 'outside_working_hours' as rule, ${scheduleBlocks.weekday} as weekday, ${scheduleBlocks.startMinute} as starts,
      ${scheduleBlocks.endMinute} as ends from ${scheduleBlocks} where ${scheduleBlocks.therapistId} = ${plan.therapist.id})`,
    sql`(select 'therapist_time_off', null, null, null from ${timeOff} where ${timeOff.therapistId} = ${plan.therapist.id}
      and ${timeOff.startsAt} < ${to} and ${timeOff.endsAt} > ${from} limit 1)`,
    sql`(select 'clinic_closed', null, null, null from ${holidays} where ${holidays.date} in (${firstDay}, ${lastDay}) limit 1)`,
    booked('therapist_busy', eq(appointments.therapistId, plan.therapist.id)),
    booked('patient_busy', eq(appointments.patientId, plan.patient.id)),
    ...(plan.room === null ? [] : [booked('room_busy', eq(appointments.room, plan.room))]),
  ];
  const [result] = await tx.db.execute(sql.join(parts, sql` union all `));
  const obstacles = result as unknown as Obstacle[];

  const blocks = obstacles
    .filter(({ rule }) => rule === 'outside_working_hours')
    .map((row) => ({
      weekday: Number(row.weekday),
      startMinute: Number(row.starts),
      endMinute: Number(row.ends),
    }));
  const works = merged(workingSpans(blocks, firstDay, lastDay, timeZone)).some(
    (span) => span.start <= plan.startsAt.epochMilliseconds && endsAt.epochMilliseconds <= span.end,
  );
  const rules = obstacles.map(({ rule }) => rule).filter((rule) => rule !== 'outside_working_hours');
  return works ? rules : ['outside_working_hours', ...rules];
}
