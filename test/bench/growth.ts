import { join } from 'node:path';
import { count, desc, eq } from 'drizzle-orm';
import { appointments } from '../../src/modules/appointments/tables.ts';
import { busiestTherapist, type Clinic, logIn, openClinic } from './clinic.ts';

/**
 * `bun run bench growth`: how much slower the hot endpoints get as a clinic grows: their p50 one request at a time in a
 * clinic with 10,000 appointments and in one with BENCH_APPOINTMENTS (1,000,000). Both run side by side and are asked in
 * turn, so that whatever else the machine does meets both alike. BENCH_DATA names a directory in which both clinics are
 * kept, and not filled again by the next run.
 */
const SMALL = 10_000;
const LARGE = Number(process.env['BENCH_APPOINTMENTS'] ?? 1_000_000);
const KEPT = process.env['BENCH_DATA'];
const REQUESTS = 400;
const OF_A_PATIENT = 10;
/** How many times the small clinic's p50 the large one's may be. */
const GOAL = 1.5;

const say = (text: string) => process.stdout.write(`${text}\n`);

const clinics: Clinic[] = [];
try {
  for (const size of [LARGE, SMALL]) {
    say(`seeding ${size} appointments`);
    clinics.push(await openClinic(size, { keep: KEPT && join(KEPT, String(size)) }));
  }
  const [large = [], small = []] = await Promise.all(clinics.map(requestsOf));
  for (const [index, request] of small.entries()) {
    const other = large[index];
    if (!other) throw new Error(`${request.name} is not asked of both`);
    const [before, after] = await p50s(request, other);
    const times = after / before;
    say(
      `${request.name.padEnd(12)} p50 ${before.toFixed(2)} ms → ${after.toFixed(2)} ms: ${times.toFixed(2)}x (goal ≤ ${GOAL}) ${times <= GOAL ? 'reached' : 'MISSED'}`,
    );
  }
} finally {
  for (const clinic of clinics) await clinic.close();
}

type Request = { name: string; url: string; headers: Record<string, string> };

/** The kinds of requests, about what there is in this clinic. */
async function requestsOf({ db, serviceUrl }: Clinic): Promise<Request[]> {
  const headers = { authorization: `Bearer ${await logIn(serviceUrl)}` };
  const from = Temporal.Now.plainDateISO('America/Lima').add({ days: 1 });
  const week = `date_from=${from.toString()}&date_to=${from.add({ days: 6 }).toString()}`;
  const busiest = await busiestTherapist(db, from);
  const [last] = await db
    .select({ id: appointments.id })
    .from(appointments)
    .orderBy(desc(appointments.id))
    .limit(1);
  // Of as many appointments in both clinics, so that both answers are as long.
  const [patient] = await db
    .select({ id: appointments.patientId })
    .from(appointments)
    .groupBy(appointments.patientId)
    .having(eq(count(), OF_A_PATIENT))
    .orderBy(desc(appointments.patientId))
    .limit(1);
  const paths = {
    get: `appointments/${last?.id}/`,
    list: 'appointments/',
    'of a patient': `appointments/?patient_id=${patient?.id}`,
    'by status': 'appointments/?status=pending&ordering=date_time',
    agenda: `appointments/therapist/${busiest.id}/?${week}&page_size=20`,
    available: `appointments/available/?therapist_id=${busiest.id}&${week}`,
    tickets: 'appointments/tickets/?status=paid',
    patients: 'patients/',
  };
  return Object.entries(paths).map(([name, path]) => ({ name, url: `${serviceUrl}/api/${path}`, headers }));
}

/** The p50 in ms of two requests that are sent in turn. */
async function p50s(one: Request, other: Request): Promise<[number, number]> {
  const [ofOne, ofOther]: [number[], number[]] = [[], []];
  for (let i = -REQUESTS / 4; i < REQUESTS; i++) {
    for (const [request, times] of [
      [one, ofOne],
      [other, ofOther],
    ] as const) {
      const took = await timed(request);
      if (i >= 0) times.push(took);
    }
  }
  return [median(ofOne), median(ofOther)];
}

async function timed({ url, headers }: Request): Promise<number> {
  const started = performance.now();
  const response = await fetch(url, { headers });
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return performance.now() - started;
}

function median(times: number[]): number {
  return times.toSorted((a, b) => a - b)[times.length / 2] ?? Number.NaN;
}
