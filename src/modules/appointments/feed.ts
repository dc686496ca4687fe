import { and, asc, eq, gte, lt, or, type SQL } from 'drizzle-orm';
import { actorOf } from '../../access/actor-of.ts';
import type { Ctx, UserActor } from '../../context.ts';
import { notFound } from '../../errors.ts';
import { holdTo } from '../../http/rate-limit.ts';
import { fullNameOf } from '../../person.ts';
import { localDay, startOfDay } from '../../time.ts';
import { clinicName } from '../company/profile.ts';
import { patients } from '../patients/tables.ts';
import { therapists } from '../therapists/tables.ts';
import { summaryOf } from './calendar.ts';
import { feedTokenHash, tokenIn } from './feed-token.ts';
import { HORIZON_DAYS } from './limits.ts';
import { longICalendar } from './long-calendar.ts';
import { appointments, calendarFeeds } from './tables.ts';

const DAYS_BACK = 30;
/** A therapist's fullest calendar has about 4,000. */
const MOST_EVENTS = 10_000;
const TTL_SECONDS = 3_600;

/** Readings of one feed within an hour. */
const READINGS = 120;
/** Wrong addresses from one network address within ten minutes; right ones are answered all the same. */
const WRONG = 60;

/**
 * The calendar of the person whose secret address has this file name: a patient's appointments, a therapist's agenda,
 * from 30 days ago to 180 ahead. It is kept by calendar services of third parties, so it says no more than it must:
 * no reason, no notes, no document, and of a therapist's patients the first name and an initial.
 * @throws AppError NOT_FOUND for an address that was never made, was rotated or switched off, or whose holder's account
 * is not active; RATE_LIMITED
 */
export async function calendarFeed(ctx: Ctx, file: string): Promise<{ content: string; changedAt: Date }> {
  const feed = await feedAt(ctx, file);
  const holder = feed && (await actorOf(ctx.db, feed.userId));
  if (!holder) {
    holdTo(ctx, WRONG, await ctx.services.counters.add(`feed:wrong:${ctx.ip}`, 600));
    throw notFound();
  }
  holdTo(ctx, READINGS, await ctx.services.counters.add(`feed:user:${holder.userId}`, TTL_SECONDS));
  const rows = await appointmentsOf(ctx, holder);
  const events = rows.map(({ appointmentType, therapist, patient, ...row }) => ({
    ...row,
    summary: summaryOf(
      appointmentType,
      row.therapistId === holder.therapistId ? shortName(patient) : therapist,
    ),
    description: null,
  }));
  const latest = Math.max(
    feed.createdAt.epochMilliseconds,
    ...rows.map((row) => row.updatedAt.epochMilliseconds),
  );
  return {
    content: await longICalendar(ctx, await clinicName(ctx), events, TTL_SECONDS),
    changedAt: new Date(latest),
  };
}

async function feedAt(ctx: Ctx, file: string) {
  const token = tokenIn(file);
  if (token === null) return undefined;
  const [feed] = await ctx.db
    .select({ userId: calendarFeeds.userId, createdAt: calendarFeeds.createdAt })
    .from(calendarFeeds)
    .where(eq(calendarFeeds.tokenHash, await feedTokenHash(ctx, token)));
  return feed;
}

/** `Rosa Q.`: enough for the therapist to know who comes. */
const shortName = ({ firstName, paternalLastName }: { firstName: string; paternalLastName: string }) =>
  `${firstName} ${[...paternalLastName][0] ?? ''}.`;

async function appointmentsOf(ctx: Ctx, holder: UserActor) {
  const own = ownAppointments(ctx, holder);
  if (!own) return [];
  const { timeZone } = ctx.services.config;
  const today = Temporal.PlainDate.from(localDay(ctx.now, timeZone));
  const from = startOfDay(today.subtract({ days: DAYS_BACK }).toString(), timeZone);
  const to = startOfDay(today.add({ days: HORIZON_DAYS + 1 }).toString(), timeZone);
  return ctx.db
    .select({
      id: appointments.id,
      therapistId: appointments.therapistId,
      sequence: appointments.sequence,
      dateTime: appointments.dateTime,
      endsAt: appointments.endsAt,
      updatedAt: appointments.updatedAt,
      status: appointments.status,
      appointmentType: appointments.appointmentType,
      room: appointments.room,
      therapist: fullNameOf(therapists),
      patient: { firstName: patients.firstName, paternalLastName: patients.paternalLastName },
    })
    .from(appointments)
    .innerJoin(therapists, eq(therapists.id, appointments.therapistId))
    .innerJoin(patients, eq(patients.id, appointments.patientId))
    .where(and(own, gte(appointments.dateTime, from), lt(appointments.dateTime, to)))
    .orderBy(asc(appointments.dateTime), asc(appointments.id))
    .limit(MOST_EVENTS);
}

/** WHERE: the holder is the patient or the therapist, and may list such appointments; undefined when there are none. */
function ownAppointments(ctx: Ctx, { patientId, therapistId, ...holder }: UserActor): SQL | undefined {
  const scopes = ctx.services.access.scopesOf(holder, 'appointments:list');
  const reaches = (scope: 'own' | 'assigned') => scopes.includes(scope) || scopes.includes('any');
  return or(
    patientId && reaches('own') ? eq(appointments.patientId, patientId) : undefined,
    therapistId && reaches('assigned') ? eq(appointments.therapistId, therapistId) : undefined,
  );
}
