import { loadavg } from 'node:os';
import { count } from 'drizzle-orm';
import { appointments } from '../../src/modules/appointments/tables.ts';
import { type Clinic, logIn, openClinic } from './clinic.ts';

/*
 * `bun run bench reports`: the day reports over HTTP on the embedded default, on three years of appointments with their
 * tickets and payments, each request for another day, one after the other. Then the size at which the Django system was
 * measured that this one replaces, beside its figures. BENCH_APPOINTMENTS (1000000) and BENCH_REQUESTS (40, of each
 * kind) can be set; BENCH_DATA names a data directory that is kept, and not filled again by the next run (the small one
 * gets `-small` behind it). The files are in `files.ts`.
 */
const COUNT = Number(process.env['BENCH_APPOINTMENTS'] ?? 1_000_000);
const REQUESTS = Number(process.env['BENCH_REQUESTS'] ?? 40);
const KEPT = process.env['BENCH_DATA'];

/** Milliseconds. */
const GOAL_MS = 50;
/** What the replaced system took, in ms, for a day with so many payments in so many appointments. */
const REPLACED = { appointments: 100_000, payments: 100, cash: 1_900, excel: 1_300 };
/** How many times as fast is asked for. */
const HUNDREDFOLD = 100;

const say = (text: string) => process.stdout.write(`${text}\n`);
let missed = 0;
const verdict = (ok: boolean) => {
  if (!ok) missed += 1;
  return ok ? 'ok' : 'MISSED';
};

type Client = { get: (path: string) => Promise<Uint8Array> };

async function clientOf({ serviceUrl }: Clinic): Promise<Client> {
  const token = await logIn(serviceUrl);
  return {
    get: async (path) => {
      const answer = await fetch(`${serviceUrl}/api/${path}`, {
        headers: { authorization: `Bearer ${token}` },
      });
      const bytes = await answer.bytes();
      if (answer.status !== 200)
        throw new Error(`${path}: ${answer.status} ${new TextDecoder().decode(bytes)}`);
      return bytes;
    },
  };
}

/** A working day so many days ago. */
function dayAgo(days: number): string {
  const day = Temporal.Now.plainDateISO('America/Lima').subtract({ days });
  return (day.dayOfWeek === 7 ? day.subtract({ days: 1 }) : day).toString();
}

/** Milliseconds that each of the paths takes, ascending; some others first, as nobody measures a service's first answer. */
async function times(client: Client, paths: readonly string[]): Promise<number[]> {
  for (const path of paths.slice(0, 5)) await client.get(path);
  const taken: number[] = [];
  for (const path of paths) {
    const started = performance.now();
    await client.get(path);
    taken.push(performance.now() - started);
  }
  return taken.toSorted((a, b) => a - b);
}

const at = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;

const DAY_REPORTS: Record<string, (day: string) => string> = {
  'improved-daily-cash': (day) => `date=${day}`,
  'daily-paid-tickets': (day) => `date=${day}`,
  'daily-cash': (day) => `date=${day}`,
  'appointments-per-therapist': (day) => `date=${day}`,
  'patients-by-therapist': (day) => `date=${day}`,
  'appointments-between-dates': (day) => `start_date=${day}&end_date=${day}`,
};

async function dayReports(clinic: Clinic): Promise<void> {
  const client = await clientOf(clinic);
  const days = Array.from({ length: REQUESTS }, (_, n) => dayAgo(2 + Math.floor((n * 1_080) / REQUESTS)));
  for (const [path, query] of Object.entries(DAY_REPORTS)) {
    const sorted = await times(
      client,
      days.map((day) => `reports/${path}/?${query(day)}`),
    );
    const p95 = at(sorted, 0.95);
    say(
      `${path.padEnd(28)} p50 ${at(sorted, 0.5).toFixed(1).padStart(6)} ms  p95 ${p95.toFixed(1).padStart(6)} ms  goal p95 < ${GOAL_MS} ms  ${verdict(p95 < GOAL_MS)}`,
    );
  }
}

async function besideTheReplaced(clinic: Clinic): Promise<void> {
  const client = await clientOf(clinic);
  const days: string[] = [];
  let payments = 0;
  for (let ago = 2; ago < 1_000 && days.length < REQUESTS; ago++) {
    const day = dayAgo(ago);
    const text = new TextDecoder().decode(await client.get(`reports/daily-cash/?date=${day}`));
    const { cantidad_total_pagos: count } = JSON.parse(text) as { cantidad_total_pagos: number };
    if (days.includes(day) || count < REPLACED.payments) continue;
    days.push(day);
    payments += count / REQUESTS;
  }
  if (days.length < REQUESTS) throw new Error('too few days with so many payments');
  say(`days with ${payments.toFixed(0)} payments on average:`);
  for (const [name, path, replaced] of [
    ['daily cash', 'reports/improved-daily-cash/', REPLACED.cash],
    ['its Excel', 'exports/excel/caja-chica-mejorada/', REPLACED.excel],
  ] as const) {
    const sorted = await times(
      client,
      days.map((day) => `${path}?date=${day}`),
    );
    const middle = at(sorted, 0.5);
    say(
      `${name.padEnd(12)} replaced system ${replaced} ms, this one p50 ${middle.toFixed(1)} ms, p95 ${at(sorted, 0.95).toFixed(1)} ms: ${Math.round(replaced / middle)} times as fast (goal ${HUNDREDFOLD}) ${verdict(replaced / middle >= HUNDREDFOLD)}`,
    );
  }
}

async function on(
  appointmentCount: number,
  keep: string | undefined,
  measure: (clinic: Clinic) => Promise<void>,
) {
  const clinic = await openClinic(appointmentCount, { keep });
  try {
    const [row] = await clinic.db.select({ total: count() }).from(appointments);
    say(
      `${row?.total ?? 0} appointments with their tickets and payments; load average ${loadavg()[0]?.toFixed(1)}`,
    );
    await measure(clinic);
  } finally {
    await clinic.close();
  }
}

await on(COUNT, KEPT, dayReports);
await on(REPLACED.appointments, KEPT && `${KEPT}-small`, besideTheReplaced);
process.exitCode = missed === 0 ? 0 : 1;
