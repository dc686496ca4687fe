import { asc, desc, eq } from 'drizzle-orm';
import { patients } from '../../src/modules/patients/tables.ts';
import { therapists } from '../../src/modules/therapists/tables.ts';
import { HORIZON_DAYS } from '../../src/modules/appointments/limits.ts';
import { appointments } from '../../src/modules/appointments/tables.ts';
import { busiestTherapist, type Clinic, logIn, openClinic } from './clinic.ts';
import { cpuSeconds, type Figures, load, type Target } from './load.ts';

/**
 * `bun run bench main-job`: the main job's requests against the floor just before and after each, on the embedded
 * default.
 * BENCH_APPOINTMENTS (100000), BENCH_SECONDS (6), BENCH_CONNECTIONS (32) and BENCH_ONLY (get,list,…) can be set.
 */
const COUNT = Number(process.env['BENCH_APPOINTMENTS'] ?? 100_000);
const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 6);
/** What a request runs through is compiled, and optimised, within so many seconds of load. */
const WARM_UP = 15;
const CONNECTIONS = Number(process.env['BENCH_CONNECTIONS'] ?? 32);

const ONLY = process.env['BENCH_ONLY']?.split(',');

/** The least share of the floor's requests per second that each kind of request is to reach. */
const GOALS: Record<string, number> = { get: 0.6, list: 0.35, agenda: 0.35, available: 0.25, booking: 0.15 };

const say = (text: string) => process.stdout.write(`${text}\n`);
const iso = (date: Temporal.PlainDate) => date.toString();

const clinic = await openClinic(COUNT);
try {
  const rows = await measure(clinic);
  say(table(rows));
  await Bun.write(
    'bench-results.json',
    `${JSON.stringify({ at: new Date(), COUNT, CONNECTIONS, rows }, null, 2)}\n`,
  );
} finally {
  await clinic.close();
}

type Row = Figures & { name: string; ratio: number | null };

async function measure({ db, serviceUrl, floorUrl, processes }: Clinic): Promise<Row[]> {
  const options = { connections: CONNECTIONS, seconds: SECONDS, database: processes.database };
  const token = await logIn(serviceUrl);
  const from = Temporal.Now.plainDateISO('America/Lima').add({ days: 1 });
  const week = `date_from=${iso(from)}&date_to=${iso(from.add({ days: 6 }))}`;
  const busiest = await busiestTherapist(db, from);
  const [middle] = await db
    .select({ id: appointments.id })
    .from(appointments)
    .orderBy(desc(appointments.id))
    .limit(1)
    .offset(COUNT / 2);

  const floor: Target = { url: `${floorUrl}/appointments/${middle?.id}` };
  const api = (path: string): Target => ({ url: `${serviceUrl}/api/${path}`, token });
  const targets: Record<string, Target> = {
    get: api(`appointments/${middle?.id}/`),
    list: api('appointments/'),
    'list, various pages': {
      ...api('appointments/'),
      path: cycle(40, (i) => `/api/appointments/?page=${i}`),
    },
    agenda: api(`appointments/therapist/${busiest.id}/?${week}&page_size=100`),
    available: api(`appointments/available/?therapist_id=${busiest.id}&${week}`),
    'available, various therapists': {
      ...api('appointments/available/'),
      path: cycle(20, (i) => `/api/appointments/available/?therapist_id=${i}&${week}`),
    },
    login: {
      url: `${serviceUrl}/api/auth/login/`,
      body: () => ({ username: 'admin', password: 'Demo1234!' }),
    },
    booking: { ...api('appointments/'), body: await bookings(db, serviceUrl, token, from) },
  };
  say(
    `${COUNT} appointments, ${CONNECTIONS} connections, ${SECONDS} s each; the agenda's week has ${busiest.appointments} appointments\n`,
  );

  // Anew between them, as a machine that others share is not as fast all the time.
  const floors: Figures[] = [];
  const measureFloor = async () => {
    await settled(processes);
    floors.push(await load(floor, { ...options, seconds: SECONDS / 2, service: processes.floor }));
  };
  const rows: Row[] = [];
  for (const [name, target] of Object.entries(targets)) {
    if (ONLY && !ONLY.includes(name)) continue;
    await measureFloor();
    const figures = await load(target, { ...options, warmUp: WARM_UP, service: processes.service });
    rows.push({ name, ...figures, ratio: null });
  }
  await measureFloor();
  const ascending = floors.toSorted((one, other) => one.rps - other.rps);
  return [
    ...[ascending[0], ascending.at(-1)].flatMap((figures, i) =>
      figures ? [{ name: i === 0 ? 'floor, slowest' : 'floor, fastest', ...figures, ratio: null }] : [],
    ),
    ...rows.map((row, i) => ({
      ...row,
      ratio: (2 * row.rps) / ((floors[i]?.rps ?? Number.NaN) + (floors[i + 1]?.rps ?? Number.NaN)),
    })),
  ];
}

/** Calls `make` with 1, 2, … `length`, 1, …: requests that ask the same at the same time share work, these do not. */
function cycle<T>(length: number, make: (i: number) => T): () => T {
  let i = 0;
  return () => make((i++ % length) + 1);
}

/** Waits until what the requests left to do is done and both processes rest: the floor is to be undisturbed. */
async function settled({ service, database }: Clinic['processes']): Promise<void> {
  const deadline = Date.now() + 300_000;
  const used = () => cpuSeconds(service) + cpuSeconds(database);
  while (Date.now() < deadline) {
    const before = used();
    await Bun.sleep(1_000);
    if (used() - before < 0.05) return;
  }
}

/** Bodies of bookings that are free: the slots that the service itself offers, each for the patient whose turn it is. */
async function bookings(db: Clinic['db'], serviceUrl: string, token: string, from: Temporal.PlainDate) {
  const people = await db.select({ id: patients.id }).from(patients).orderBy(asc(patients.id)).limit(20_000);
  const workers = await db
    .select({ id: therapists.id })
    .from(therapists)
    .where(eq(therapists.isActive, true))
    .limit(200);
  const free: { therapist_id: number; date_time: string }[] = [];
  for (let day = 40; day + 30 < HORIZON_DAYS && free.length < 60_000; day += 31) {
    for (const { id } of workers) {
      const range = `date_from=${iso(from.add({ days: day }))}&date_to=${iso(from.add({ days: day + 30 }))}`;
      const url = `${serviceUrl}/api/appointments/available/?therapist_id=${id}&${range}&duration=15&step=15`;
      const response = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
      const { slots } = (await response.json()) as { slots: typeof free };
      free.push(...slots);
    }
  }
  // By time: neighbours in the queue book with different therapists, as at a clinic's opening hour.
  free.sort((a, b) => a.date_time.localeCompare(b.date_time));
  let next = 0;
  return () => {
    const slot = free[next];
    const patient = people[next % people.length];
    next += 1;
    return {
      patient_id: patient?.id,
      therapist_id: slot?.therapist_id,
      date_time: slot?.date_time,
      duration: 15,
    };
  };
}

function table(rows: Row[]): string {
  const header = [
    '',
    'req/s',
    'p50 ms',
    'p99 ms',
    'of floor',
    'goal',
    'CPU service',
    'CPU database',
    'refused',
  ];
  const lines = rows.map((row) => [
    row.name,
    row.rps.toFixed(0),
    row.p50.toFixed(1),
    row.p99.toFixed(1),
    row.ratio === null ? '' : row.ratio.toFixed(2),
    GOALS[row.name] === undefined ? '' : `≥ ${GOALS[row.name]}`,
    `${row.serviceCpu.toFixed(0)} µs`,
    `${row.databaseCpu.toFixed(0)} µs`,
    String(row.refused),
  ]);
  const widths = header.map((title, i) =>
    Math.max(title.length, ...lines.map((line) => line[i]?.length ?? 0)),
  );
  return [header, ...lines]
    .map((line) =>
      line
        .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
        .join('  '),
    )
    .join('\n');
}
