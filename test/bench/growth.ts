import { desc } from 'drizzle-orm';
import { appointments } from '../../src/modules/appointments/tables.ts';
import { busiestTherapist, logIn, openClinic, seed } from './clinic.ts';

/**
 * `bun run bench growth`: how much slower the hot endpoints get as a clinic grows: their p50 one request at a time with
 * 10,000 appointments, and again with BENCH_APPOINTMENTS (1,000,000).
 */
const SMALL = 10_000;
const LARGE = Number(process.env['BENCH_APPOINTMENTS'] ?? 1_000_000);
const REQUESTS = 400;
/** How many times the small clinic's p50 the large one's may be. */
const GOAL = 1.5;

const say = (text: string) => process.stdout.write(`${text}\n`);

const clinic = await openClinic(SMALL);
try {
  const small = await measure();
  say(`seeding ${LARGE - SMALL} more appointments`);
  await seed(clinic, LARGE - SMALL);
  const large = await measure();
  for (const [name, before] of small) {
    const after = large.get(name) ?? Number.NaN;
    const times = after / before;
    say(
      `${name.padEnd(12)} p50 ${before.toFixed(2)} ms → ${after.toFixed(2)} ms: ${times.toFixed(2)}x (goal ≤ ${GOAL}) ${times <= GOAL ? 'reached' : 'MISSED'}`,
    );
  }
} finally {
  await clinic.close();
}

/** The p50 in ms of each kind of request. */
async function measure(): Promise<Map<string, number>> {
  const { db, serviceUrl } = clinic;
  const headers = { authorization: `Bearer ${await logIn(serviceUrl)}` };
  const from = Temporal.Now.plainDateISO('America/Lima').add({ days: 1 });
  const week = `date_from=${from.toString()}&date_to=${from.add({ days: 6 }).toString()}`;
  const busiest = await busiestTherapist(db, from);
  const [last] = await db
    .select({ id: appointments.id, patientId: appointments.patientId })
    .from(appointments)
    .orderBy(desc(appointments.id))
    .limit(1);
  const paths = {
    get: `appointments/${last?.id}/`,
    list: 'appointments/',
    'of a patient': `appointments/?patient_id=${last?.patientId}`,
    'by status': 'appointments/?status=pending&ordering=date_time',
    agenda: `appointments/therapist/${busiest.id}/?${week}&page_size=20`,
    available: `appointments/available/?therapist_id=${busiest.id}&${week}`,
    tickets: 'appointments/tickets/?status=paid',
    patients: 'patients/',
  };
  const found = new Map<string, number>();
  for (const [name, path] of Object.entries(paths)) {
    const times: number[] = [];
    for (let i = -REQUESTS / 4; i < REQUESTS; i++) {
      const started = performance.now();
      const response = await fetch(`${serviceUrl}/api/${path}`, { headers });
      await response.arrayBuffer();
      if (!response.ok) throw new Error(`${path} answered ${response.status}`);
      if (i >= 0) times.push(performance.now() - started);
    }
    times.sort((a, b) => a - b);
    found.set(name, times[REQUESTS / 2] ?? Number.NaN);
  }
  return found;
}
