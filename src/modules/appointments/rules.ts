import { and, eq, exists, gt, lt, ne, type SQL, sql } from 'drizzle-orm';
import type { Ctx } from '../../context.ts';
import type { Database } from '../../db/client.ts';
import { toUtcText } from '../../db/columns.ts';
import { statements } from '../../db/statement.ts';
import type { Text, Violation } from '../../errors.ts';
import { addMinutes, localDay } from '../../time.ts';
import { type Availability, availabilityOf } from '../therapists/availability.ts';
import { merged, overlaps, workingSpans } from '../therapists/working-hours.ts';
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
  // Of a duration that is not allowed, as much is judged as could be: the other rules are to be told, too.
  const endsAt = addMinutes(plan.startsAt, Math.min(Math.max(plan.duration, 1), LONGEST));
  const [{ availabilityVersion: version, ...parties }, byOthers] = await Promise.all([
    lockParties(tx, plan),
    brokenByAppointments(tx, plan, endsAt),
  ]);
  const { therapistId, startsAt: at } = plan;
  const availability = await availabilityOf(tx, { therapistId, version, at });
  const broken = new Set<Rule>([...byOthers, ...brokenByAvailability(tx, availability, plan, endsAt)]);
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

/** The appointments that stand in the plan's way, by the rule that it breaks. */
const collisions = statements(
  (db: Database, { withRoom, isMove }: { withRoom: boolean; isMove: boolean }) => {
    // The index is named, as to weigh the others takes longer than to read.
    const booked = (whose: SQL, index: string) => {
      const inTheWay = db
        .select({ id: appointments.id })
        .from(appointments, { forceIndex: index })
        .where(
          and(
            whose,
            lt(appointments.dateTime, sql.placeholder('to')),
            gt(appointments.dateTime, sql.placeholder('reaching')),
            gt(appointments.endsAt, sql.placeholder('from')),
            isMove ? ne(appointments.id, sql.placeholder('moving')) : undefined,
            occupying(appointments.status),
          ),
        );
      return sql<number>`${exists(inTheWay)}`;
    };
    const { therapistId, patientId, room } = appointments;
    return db
      .select({
        therapist_busy: booked(
          eq(therapistId, sql.placeholder('therapistId')),
          'appointments_therapist_times',
        ),
        patient_busy: booked(eq(patientId, sql.placeholder('patientId')), 'appointments_patient'),
        room_busy: withRoom ? booked(eq(room, sql.placeholder('room')), 'appointments_room') : sql<number>`0`,
      })
      .from(sql`dual`);
  },
);

async function brokenByAppointments(tx: Ctx, plan: Plan, endsAt: Temporal.Instant): Promise<Rule[]> {
  const { startsAt, therapistId, patientId, room, moving } = plan;
  const [row] = await collisions(
    tx.db,
    { withRoom: room !== null, isMove: moving !== null },
    {
      from: toUtcText(startsAt),
      to: toUtcText(endsAt),
      reaching: toUtcText(addMinutes(startsAt, -LONGEST)),
      moving,
      therapistId,
      patientId,
      room,
    },
  );
  const found = row ?? { therapist_busy: 0, patient_busy: 0, room_busy: 0 };
  return (Object.keys(found) as (keyof typeof found)[]).filter((rule) => found[rule] === 1);
}

/** The rules that working hours, absences and holidays break. */
function brokenByAvailability(
  tx: Ctx,
  { blocks, absences, closedDays }: Availability,
  { startsAt }: Plan,
  endsAt: Temporal.Instant,
): Rule[] {
  const { timeZone } = tx.services.config;
  const span = { start: startsAt.epochMilliseconds, end: endsAt.epochMilliseconds };
  const firstDay = localDay(startsAt, timeZone);
  const lastDay = localDay(addMinutes(endsAt, -1), timeZone);
  const works = merged(workingSpans(blocks, firstDay, lastDay, timeZone)).some(
    ({ start, end }) => start <= span.start && span.end <= end,
  );
  return [
    ...(works ? [] : (['outside_working_hours'] as const)),
    ...(absences.some((absence) => overlaps(absence, span)) ? (['therapist_time_off'] as const) : []),
    ...(closedDays.has(firstDay) || closedDays.has(lastDay) ? (['clinic_closed'] as const) : []),
  ];
}
