import { max } from 'drizzle-orm';
import { type Ctx, transaction } from '../context.ts';
import { audit } from '../db/audit.ts';
import { OTHER_DOCUMENT } from '../modules/billing/default-types.ts';
import { patients } from '../modules/patients/tables.ts';
import { forgetSummaries } from '../modules/reports/statistics/roll-up.ts';
import { therapists } from '../modules/therapists/tables.ts';
import { bookAll } from './book-all.ts';
import { openDays } from './days.ts';
import { waitForTurn } from './only-one.ts';
import { makePatients, makeTherapists, type Mark } from './people.ts';
import { randomOf } from './random.ts';

/** What a seeding made: a ticket comes with every appointment. */
export type Seeded = { therapists: number; patients: number; appointments: number };

const APPOINTMENTS_PER_THERAPIST = 4_000;
const APPOINTMENTS_PER_PATIENT = 10;
/** Appointments of a therapist on a day of the calendar, on average: about half of the working hours. */
const DAILY_LOAD = 3.6;
const LEAST_DAYS_BACK = 60;
const DAYS_AHEAD = 30;

/** Not a document anybody has; no address and no telephone, so that nobody is written to. */
const SEEDED: Mark = {
  document: (n) => `SEED-${String(n).padStart(8, '0')}`,
  documentType: OTHER_DOCUMENT,
  licence: (n) => `SEED-${String(n).padStart(8, '0')}`,
  email: () => null,
  room: (n) => `Sala demo ${n}`,
};

/**
 * Adds `count` appointments with tickets, and as many therapists and patients as they need: nobody who was there before
 * is booked for. Reports the appointments made so far.
 */
export async function seed(ctx: Ctx, count: number, onProgress: (booked: number) => void): Promise<Seeded> {
  const made = {
    therapists: Math.max(8, Math.ceil(count / APPOINTMENTS_PER_THERAPIST)),
    patients: Math.max(100, Math.ceil(count / APPOINTMENTS_PER_PATIENT)),
    appointments: count,
  };
  const daysBack = Math.max(LEAST_DAYS_BACK, Math.ceil(count / (made.therapists * DAILY_LOAD)));
  const now = ctx.now.epochMilliseconds;
  const people = await transaction(ctx, async (tx) => {
    await waitForTurn(tx);
    const [lastTherapist] = await tx.db.select({ id: max(therapists.id) }).from(therapists);
    const [lastPatient] = await tx.db.select({ id: max(patients.id) }).from(patients);
    const first = { therapist: (lastTherapist?.id ?? 0) + 1, patient: (lastPatient?.id ?? 0) + 1 };
    const random = randomOf(first.patient);
    const common = { mark: SEEDED, random };
    await audit(tx, { action: 'seed', entity: 'demo_data', entityId: first.patient, after: made });
    return {
      random,
      therapists: await makeTherapists(tx, { ...common, count: made.therapists, first: first.therapist }),
      patients: await makePatients(tx, {
        ...common,
        count: made.patients,
        first: first.patient,
        from: now - daysBack * 86_400_000,
      }),
    };
  });
  const clinic = {
    ...people,
    days: await openDays(ctx, daysBack, DAYS_AHEAD),
    timeZone: ctx.services.config.timeZone,
    now,
  };
  await bookAll(ctx, clinic, count, { createdBy: null, onProgress });
  await forgetSummaries(ctx);
  return made;
}
