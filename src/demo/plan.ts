import { workingSpans, type Block, type Span } from '../modules/therapists/working-hours.ts';
import type { Status } from '../modules/appointments/status.ts';
import { localDay, startOfDay } from '../time.ts';
import type { DemoPatient, DemoTherapist } from './people.ts';
import type { Random } from './random.ts';

/** Where, when and for whom appointments are invented. */
export type Clinic = {
  therapists: readonly DemoTherapist[];
  /** The longest known first. */
  patients: readonly DemoPatient[];
  /** The days to fill, ascending; those on which the clinic is closed are not among them. */
  days: readonly string[];
  timeZone: string;
  /** Epoch ms. */
  now: number;
  random: Random;
};

/** An appointment that could have been booked, and what became of it. Instants are epoch ms. */
export type Booking = {
  therapist: DemoTherapist;
  patientId: number;
  type: string;
  price: string;
  startsAt: number;
  endsAt: number;
  /** The clinic's day of `createdAt`. */
  bookedOn: string;
  createdAt: number;
  updatedAt: number;
  status: Status;
};

type Session = { therapist: DemoTherapist; startsAt: number; endsAt: number };

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const GRID = 30 * MINUTE;
const SESSIONS = [30, 60, 60, 60, 60, 90] as const;
/** Days ahead of its date, or of today for one to come, that an appointment is booked at most. */
const LEAD_DAYS = 14;
/** How busy the days to come are already, against those that have passed. */
const FUTURE_SHARE = 0.5;

/**
 * Invents `count` appointments that obey the clinic's rules: within working hours, one at a time for each therapist,
 * room and patient. Yields them by the day they were booked on, in the order of booking.
 */
export function* planBookings(clinic: Clinic, count: number): Generator<Booking[]> {
  const { days, timeZone, now } = clinic;
  const today = localDay(Temporal.Instant.fromEpochMilliseconds(now), timeZone);
  const quotas = shares(days, today, clinic.therapists, count);
  const pending = new Map<string, Booking[]>();
  let missing = 0;
  for (const [index, day] of days.entries()) {
    const wanted = (quotas[index] ?? 0) + missing;
    const bookings = fillDay(clinic, day, today, wanted);
    missing = wanted - bookings.length;
    for (const booking of bookings) {
      const others = pending.get(booking.bookedOn);
      if (others) others.push(booking);
      else pending.set(booking.bookedOn, [booking]);
    }
    const next = days[index + 1];
    const complete = next === undefined ? '9999-12-31' : plusDays(next < today ? next : today, -LEAD_DAYS);
    for (const bookedOn of [...pending.keys()].filter((key) => key < complete).toSorted()) {
      yield (pending.get(bookedOn) ?? []).toSorted((a, b) => a.createdAt - b.createdAt);
      pending.delete(bookedOn);
    }
  }
  if (missing > 0) throw new Error(`${missing} appointments do not fit into the working hours`);
}

/** How many appointments each day gets: in proportion to the hours worked on it. */
function shares(
  days: readonly string[],
  today: string,
  therapists: readonly DemoTherapist[],
  count: number,
): number[] {
  const worked = [1, 2, 3, 4, 5, 6, 7].map((weekday) =>
    therapists.reduce((sum, { schedule }) => sum + minutesOn(schedule, weekday), 0),
  );
  const weights = days.map(
    (day) => (worked[Temporal.PlainDate.from(day).dayOfWeek - 1] ?? 0) * (day > today ? FUTURE_SHARE : 1),
  );
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let before = 0;
  return weights.map((weight) => {
    const from = Math.round((count * before) / total);
    before += weight;
    return Math.round((count * before) / total) - from;
  });
}

const minutesOn = (schedule: readonly Block[], weekday: number) =>
  schedule
    .filter((block) => block.weekday === weekday)
    .reduce((sum, { startMinute, endMinute }) => sum + endMinute - startMinute, 0);

function fillDay(clinic: Clinic, day: string, today: string, wanted: number): Booking[] {
  if (wanted <= 0) return [];
  const { random, timeZone } = clinic;
  const sessions = possibleSessions(clinic, day);
  random.shuffle(sessions);
  const bookingDays = Array.from({ length: LEAD_DAYS }, (_, lead) => {
    const bookedOn = plusDays(day < today ? day : today, -lead);
    return { bookedOn, dayStart: startOfDay(bookedOn, timeZone).epochMilliseconds };
  });
  const bookings: Booking[] = [];
  const taken = new Set<number>();
  for (const session of sessions) {
    if (bookings.length === wanted) break;
    const lead = Math.floor(random.next() ** (day > today ? 1 : 2) * LEAD_DAYS);
    const { bookedOn = day, dayStart = 0 } = bookingDays[lead] ?? {};
    const createdAt = bookingTime(clinic, dayStart, session);
    const patientId = freePatient(clinic, createdAt, taken);
    if (patientId === undefined) continue;
    taken.add(patientId);
    const { name: type, price } = random.pick(session.therapist.offers);
    bookings.push({
      ...session,
      patientId,
      type,
      price,
      bookedOn,
      createdAt,
      ...outcome(clinic, session, createdAt),
    });
  }
  return bookings;
}

/** A day's working hours, cut into sessions without a gap, on the half-hour grid of the slots. */
function possibleSessions({ therapists, timeZone, random }: Clinic, day: string): Session[] {
  const spans = new Map<Block[], Span[]>();
  const sessions: Session[] = [];
  for (const therapist of therapists) {
    const { schedule } = therapist;
    const worked = spans.get(schedule) ?? workingSpans(schedule, day, day, timeZone);
    spans.set(schedule, worked);
    for (const { start, end } of worked) {
      for (let startsAt = start; startsAt + GRID <= end;) {
        const endsAt = Math.min(startsAt + random.pick(SESSIONS) * MINUTE, end);
        sessions.push({ therapist, startsAt, endsAt });
        startsAt = endsAt;
      }
    }
  }
  return sessions;
}

/** During the day, before the session, and not in the future. */
function bookingTime({ now, random }: Clinic, dayStart: number, { startsAt }: Session): number {
  const wished = Math.min(
    dayStart + (8 + 12 * random.next()) * HOUR,
    startsAt - (0.25 + 2 * random.next()) * HOUR,
  );
  const past = wished <= now ? wished : dayStart + (now - dayStart) * random.next();
  return Math.floor(past / 1000) * 1000;
}

/** One of the patients that the clinic knows by then and that have no other appointment on the day. */
function freePatient({ patients, random }: Clinic, at: number, taken: Set<number>): number | undefined {
  let known = 0;
  for (let low = 0, high = patients.length; low < high; known = low) {
    const middle = (low + high) >>> 1;
    if ((patients[middle]?.since ?? 0) <= at) low = middle + 1;
    else high = middle;
  }
  if (known <= taken.size) return undefined;
  for (;;) {
    const id = patients[random.below(known)]?.id ?? 0;
    if (!taken.has(id)) return id;
  }
}

/** What has become of the appointment by now, and when it last changed. */
function outcome(
  { now, random }: Clinic,
  { startsAt, endsAt }: Session,
  createdAt: number,
): Pick<Booking, 'status' | 'updatedAt'> {
  const chance = random.next();
  const when = (share: number, until: number) =>
    Math.floor((createdAt + (until - createdAt) * share) / 1000) * 1000;
  if (startsAt > now) {
    return chance < 0.4
      ? { status: 'pending', updatedAt: createdAt }
      : { status: 'confirmed', updatedAt: when(random.next(), now) };
  }
  if (chance < 0.09) return { status: 'cancelled', updatedAt: when(random.next(), startsAt) };
  if (endsAt > now) return { status: 'in_progress', updatedAt: startsAt };
  if (chance < 0.15) return { status: 'no_show', updatedAt: endsAt };
  return { status: 'completed', updatedAt: Math.min(now, endsAt + random.below(15) * MINUTE) };
}

/** `day` and `days` later, both `YYYY-MM-DD`. */
export const plusDays = (day: string, days: number): string =>
  Temporal.PlainDate.from(day).add({ days }).toString();
