import type { Visit } from './history.ts';

/** Counts what the statistics tell once more, visit by visit, with Temporal and whole cents. */

type Asked = { start: string; end: string; timeZone: string; therapists?: readonly number[] };

const dayOf = (at: Temporal.Instant, timeZone: string) =>
  at.toZonedDateTimeISO(timeZone).toPlainDate().toString();
const on = (day: string, { start, end }: Asked) => day >= start && day <= end;
const of = (visit: Visit, { therapists }: Asked) => !therapists || therapists.includes(visit.therapistId);
const text = (cents: number) => (cents / 100).toFixed(2);

const periodOf = (day: string, grouping: string) => {
  const date = Temporal.PlainDate.from(day);
  if (grouping === 'week') return date.subtract({ days: date.dayOfWeek - 1 }).toString();
  return grouping === 'month' ? date.with({ day: 1 }).toString() : day;
};

export const visitsOn = (visits: readonly Visit[], asked: Asked, period = '', grouping = 'day') =>
  visits.filter((visit) => {
    const day = dayOf(visit.at, asked.timeZone);
    return of(visit, asked) && on(day, asked) && (period === '' || periodOf(day, grouping) === period);
  });

export function countAppointments(some: readonly Visit[]) {
  const having = (status: string) => some.filter((visit) => visit.status === status).length;
  return {
    total: some.length,
    pending: having('pending'),
    confirmed: having('confirmed'),
    in_progress: having('in_progress'),
    completed: having('completed'),
    cancelled: having('cancelled'),
    no_show: having('no_show'),
    booked_minutes: some
      .filter(({ status }) => status !== 'cancelled' && status !== 'no_show')
      .reduce((sum, { duration }) => sum + duration, 0),
  };
}

export const movesOn = (visits: readonly Visit[], asked: Asked, period = '', grouping = 'day') =>
  visits.flatMap((visit) =>
    visit.money
      .map((one) => ({ ...one, therapistId: visit.therapistId }))
      .filter(({ at }) => {
        const day = dayOf(at, asked.timeZone);
        return of(visit, asked) && on(day, asked) && (period === '' || periodOf(day, grouping) === period);
      }),
  );

const sum = (some: readonly { cents: number }[]) => some.reduce((total, { cents }) => total + cents, 0);

export function countMoney(moves: readonly { cents: number }[]) {
  const taken = moves.filter(({ cents }) => cents > 0);
  const given = moves.filter(({ cents }) => cents < 0);
  return {
    payments: taken.length,
    refunds: given.length,
    gross: text(sum(taken)),
    refunded: text(-sum(given)),
    net: text(sum(moves)),
  };
}

export function countPatients(visits: readonly Visit[], asked: Asked) {
  const held = visits.filter(({ status }) => status === 'completed');
  const here = visitsOn(held, asked);
  const seen = new Set(here.map(({ patientId }) => patientId));
  const known = new Set(
    held.filter(({ at }) => dayOf(at, asked.timeZone) < asked.start).map(({ patientId }) => patientId),
  );
  const fresh = [...seen].filter((id) => !known.has(id));
  return {
    patients: seen.size,
    new: fresh.length,
    returning: seen.size - fresh.length,
    sessions: here.length,
  };
}

export const weekdayOf = (at: Temporal.Instant, timeZone: string) =>
  at.toZonedDateTimeISO(timeZone).dayOfWeek;
