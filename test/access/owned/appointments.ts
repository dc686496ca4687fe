import { eq } from 'drizzle-orm';
import { tickets } from '../../../src/modules/billing/tables.ts';
import { timeOff } from '../../../src/modules/therapists/tables.ts';
import { day, existing, freeTime } from '../../appointments/clinic.ts';
import type { Client, TestApp } from '../../harness.ts';
import type { OpenCase, OwnedCase } from './case.ts';

async function appointmentOf(app: TestApp, { patientId, therapistId }: Client): Promise<number | null> {
  if (patientId === 0 && therapistId === 0) return null;
  return existing(app, {
    patientId: patientId || (await app.patient()),
    therapistId: therapistId || (await app.therapist()),
    starts: freeTime(),
  });
}

/** Why the therapist is away: nobody else's business. */
const REASON = 'Tratamiento de conducto';

async function timeOffOf({ services }: TestApp, { therapistId }: Client) {
  if (therapistId === 0) return null;
  const startsAt = Temporal.Now.instant().add({ hours: 24 });
  const [row] = await services.db
    .insert(timeOff)
    .values({ therapistId, startsAt, endsAt: startsAt.add({ hours: 1 }), reason: REASON })
    .$returningId();
  return { id: therapistId, time_off_id: row?.id ?? 0 };
}

export const appointmentCases: OwnedCase[] = [
  {
    routes: {
      'GET /api/appointments/:id/': undefined,
      'GET /api/appointments/:id/calendar.ics': undefined,
      'PUT /api/appointments/:id/': { notes: 'Trae zapatillas' },
      'PATCH /api/appointments/:id/status/': { status: 'confirmed' },
      'DELETE /api/appointments/:id/': undefined,
    },
    list: '/api/appointments/',
    make: async (app, owner) => {
      const id = await appointmentOf(app, owner);
      return id === null ? null : { id };
    },
  },
  {
    routes: { 'GET /api/appointments/tickets/:id/': undefined },
    list: '/api/appointments/tickets/',
    make: async (app, owner) => {
      const appointmentId = await appointmentOf(app, owner);
      if (appointmentId === null) return null;
      const [row] = await app.services.db
        .select({ id: tickets.id })
        .from(tickets)
        .where(eq(tickets.appointmentId, appointmentId));
      return { id: row?.id ?? 0 };
    },
  },
  {
    routes: {
      'GET /api/appointments/therapist/:id/': undefined,
      'PUT /api/therapists/:id/schedule/': [{ weekday: 1, start_time: '09:00', end_time: '13:00' }],
      'POST /api/therapists/:id/time-off/': {
        starts_at: `${day(20)}T09:00:00`,
        ends_at: `${day(20)}T13:00:00`,
        reason: REASON,
      },
      'DELETE /api/therapists/:id/time-off/:time_off_id/': undefined,
    },
    make: timeOffOf,
    foreign: 403,
  },
];

export const openCases: OpenCase[] = [
  { routes: { 'GET /api/therapists/:id/time-off/': undefined }, make: timeOffOf, hidden: REASON },
];
