import { type Ctx, transaction } from '../context.ts';
import { audit } from '../db/audit.ts';
import { users } from '../modules/users/tables.ts';
import { DEMO_PASSWORD, makeAccounts } from './accounts.ts';
import { bookAll } from './book-all.ts';
import { makeClinicalRecords } from './clinical.ts';
import { openDays } from './days.ts';
import { waitForTurn } from './only-one.ts';
import { makePatients, makeTherapists, type Mark } from './people.ts';
import { randomOf } from './random.ts';

const THERAPISTS = 8;
const PATIENTS = 100;
const APPOINTMENTS = 2_400;
const DAYS_BACK = 60;
const DAYS_AHEAD = 30;

/** Documents that nobody has, addresses that nobody gets mail at. */
const DEMO: Mark = {
  document: (n) => String(n).padStart(8, '0'),
  documentType: 'DNI',
  licence: (n) => `DEMO-${String(n).padStart(3, '0')}`,
  email: (who, n) => `${who}${n}@demo.example`,
  room: (n) => `Consultorio ${n}`,
};

/** Fills an empty database of the embedded default with demo data; does nothing when there are accounts. */
export async function ensureDemo(ctx: Ctx): Promise<void> {
  if (await hasAccounts(ctx)) return;
  const passwordHash = await ctx.services.passwords.hash(DEMO_PASSWORD);
  await transaction(ctx, async (tx) => {
    await waitForTurn(tx);
    if (!(await hasAccounts(tx))) await fill(tx, passwordHash);
  });
}

async function hasAccounts({ db }: Ctx): Promise<boolean> {
  return (await db.select({ id: users.id }).from(users).limit(1)).length > 0;
}

async function fill(tx: Ctx, passwordHash: string): Promise<void> {
  const random = randomOf(1);
  const { timeZone } = tx.services.config;
  const from = tx.now.epochMilliseconds - DAYS_BACK * 86_400_000;
  const therapists = await makeTherapists(tx, { count: THERAPISTS, first: 1, mark: DEMO, random });
  const patients = await makePatients(tx, { count: PATIENTS, first: 101, from, mark: DEMO, random });
  const [therapist] = therapists;
  const [patient] = patients;
  if (!therapist || !patient) throw new Error('no demo records were made');
  const createdBy = await makeAccounts(tx, passwordHash, { therapist, patient });
  const days = await openDays(tx, DAYS_BACK, DAYS_AHEAD);
  const clinic = { therapists, patients, days, timeZone, now: tx.now.epochMilliseconds, random };
  await bookAll(tx, clinic, APPOINTMENTS, { createdBy });
  await makeClinicalRecords(tx, random);
  await audit(tx, {
    action: 'seed',
    entity: 'demo_data',
    entityId: 'demo',
    after: { therapists: THERAPISTS, patients: PATIENTS, appointments: APPOINTMENTS },
  });
}
