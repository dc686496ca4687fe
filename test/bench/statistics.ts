import { loadavg } from 'node:os';
import { count } from 'drizzle-orm';
import { pino } from 'pino';
import { parseConfig } from '../../src/config.ts';
import { systemCtx } from '../../src/context.ts';
import { connectDatabase } from '../../src/db/client.ts';
import { appointments } from '../../src/modules/appointments/tables.ts';
import { plusDays } from '../../src/modules/reports/statistics/days.ts';
import { rollUpAll } from '../../src/modules/reports/statistics/roll-up.ts';
import { verifySummaries } from '../../src/modules/reports/statistics/verify.ts';
import { createServices } from '../../src/services.ts';
import { type Clinic, logIn, openClinic } from './clinic.ts';
import { load } from './load.ts';

/*
 * `bun run bench statistics`: statistics and dashboard over HTTP on the embedded default, over three years of
 * appointments with their tickets and payments. BENCH_APPOINTMENTS (1000000) can be set; BENCH_DATA names a data
 * directory that is kept, and not filled again by the next run. BENCH_VERIFY=1 also compares every summary with the
 * rows it was made from.
 */
const COUNT = Number(process.env['BENCH_APPOINTMENTS'] ?? 1_000_000);
const ZONE = 'America/Lima';
const ROUNDS = 12;
/** Milliseconds. */
const GOAL = { month: 150, years: 1_000, dashboard: 300 };
/** How many times the authenticated GET of an appointment a dashboard from the cache may take. */
const CACHED_GOAL = 1.2;

const say = (text: string) => process.stdout.write(`${text}\n`);
const today = Temporal.Now.plainDateISO(ZONE).toString();
let missed = 0;

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

/** The first answer is judged too: nothing of it was kept from an earlier one. */
function report(name: string, times: readonly number[], goal: number): void {
  const sorted = times.toSorted((a, b) => a - b);
  const [first = 0, middle = 0] = [times[0], sorted[Math.floor(sorted.length / 2)]];
  const ok = Math.max(first, middle) < goal;
  if (!ok) missed += 1;
  say(
    `${name.padEnd(40)} first ${first.toFixed(0).padStart(5)} ms  median ${middle.toFixed(0).padStart(5)} ms  goal < ${goal} ms  ${ok ? 'ok' : 'MISSED'}`,
  );
}

async function measure(clinic: Clinic): Promise<void> {
  const token = await logIn(clinic.serviceUrl);
  const get = async (path: string) => {
    const answer = await fetch(`${clinic.serviceUrl}/api/${path}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    const text = await answer.text();
    if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${text}`);
  };
  const ranges = [
    { name: 'three years', start: plusDays(today, -1_095), end: today, group: 'month', goal: GOAL.years },
    {
      name: 'a month',
      start: plusDays(today, -60),
      end: plusDays(today, -31),
      group: 'day',
      goal: GOAL.month,
    },
    { name: 'the last 30 days', start: plusDays(today, -29), end: today, group: 'day', goal: GOAL.month },
  ];
  for (const { name, start, end, group, goal } of ranges) {
    for (const path of ['', 'appointments/', 'patients/', 'revenue/']) {
      const by = path === '' ? '' : `&group_by=${group}`;
      const times: number[] = [];
      for (let n = 0; n < ROUNDS; n++)
        times.push(await timed(() => get(`reports/statistics/${path}?start=${start}&end=${end}${by}`)));
      report(`${name}: statistics/${path}`, times, goal);
    }
  }

  const cold: number[] = [];
  for (let n = 0; n < ROUNDS; n++) {
    // A copy that is younger than half a second is not read again.
    await Bun.sleep(600);
    cold.push(await timed(() => get('dashboard/refresh/')));
  }
  report('dashboard, cold', cold, GOAL.dashboard);
  await Bun.sleep(600);
  const rush = await timed(() => Promise.all(Array.from({ length: 1_000 }, () => get('dashboard/refresh/'))));
  say(`a thousand dashboards at once, cold: ${rush.toFixed(0)} ms until the last has its answer`);
  await measureCached(clinic, token);
}

async function measureCached(clinic: Clinic, token: string): Promise<void> {
  const { service, database } = clinic.processes;
  const rate = async (path: string) => {
    const url = `${clinic.serviceUrl}/api/${path}`;
    return load({ url, token }, { connections: 10, seconds: 3, service, database });
  };
  const ratios: number[] = [];
  for (let round = 0; round < 3; round++) {
    const [item, board] = [await rate('appointments/1/'), await rate('dashboard/')];
    ratios.push(item.rps / board.rps);
    say(
      `  appointment ${item.rps.toFixed(0)}/s (p50 ${item.p50} ms, CPU ${(item.serviceCpu + item.databaseCpu).toFixed(0)} µs), dashboard from the cache ${board.rps.toFixed(0)}/s (p50 ${board.p50} ms, CPU ${(board.serviceCpu + board.databaseCpu).toFixed(0)} µs)`,
    );
  }
  const ratio = ratios.toSorted((a, b) => a - b)[1] ?? Number.NaN;
  const ok = ratio <= CACHED_GOAL;
  if (!ok) missed += 1;
  say(
    `dashboard from the cache: ${ratio.toFixed(2)} of the authenticated get, goal ≤ ${CACHED_GOAL} ${ok ? 'ok' : 'MISSED'}`,
  );
}

/** What the service does in the background, to its end. */
async function sumUp(databaseUrl: string): Promise<void> {
  const pool = connectDatabase(databaseUrl, 2);
  const secretKey = crypto.randomUUID();
  const config = parseConfig({ DATABASE_URL: databaseUrl, SECRET_KEY: secretKey });
  const services = await createServices({ config, log: pino({ level: 'silent' }), pool, secretKey });
  const ctx = systemCtx(services, 'bench');
  let days = 0;
  const summing = await timed(async () => {
    days = await rollUpAll(ctx);
  });
  say(`${days} days summed up in ${(summing / 1000).toFixed(1)} s`);
  if (process.env['BENCH_VERIFY'] === '1') {
    const { compared, wrong } = await verifySummaries(pool, ZONE, {
      from: plusDays(today, -3_650),
      to: today,
    });
    say(`${compared} days compared with the appointments and the ledger, ${wrong.length} differ`);
    missed += wrong.length;
  }
  await pool.close();
}

const clinic = await openClinic(COUNT, { keep: process.env['BENCH_DATA'] });
try {
  const [row] = await clinic.db.select({ total: count() }).from(appointments);
  say(
    `${row?.total ?? 0} appointments with their tickets and payments; load average ${loadavg()[0]?.toFixed(1)}`,
  );
  await sumUp(clinic.databaseUrl);
  await measure(clinic);
} finally {
  await clinic.close();
}
process.exitCode = missed === 0 ? 0 : 1;
