import { parseConfig } from '../../src/config.ts';
import { systemCtx } from '../../src/context.ts';
import { connectDatabase } from '../../src/db/client.ts';
import { ensureReferenceData } from '../../src/db/reference-data.ts';
import { seed } from '../../src/demo/seed.ts';
import { appointments } from '../../src/modules/appointments/tables.ts';
import { plusDays } from '../../src/modules/reports/statistics/days.ts';
import { forgetSummaries, rollUpAll } from '../../src/modules/reports/statistics/roll-up.ts';
import { verifySummaries } from '../../src/modules/reports/statistics/verify.ts';
import { createServices } from '../../src/services.ts';
import { type Client, startTestApp } from '../harness.ts';

/**
 * `bun run test/bench/statistics.ts`: statistics and dashboard over many appointments with tickets and payments, as
 * `manage seed` spreads them (about three years for a million); whole requests without a network.
 * BENCH_APPOINTMENTS (1000000) can be set.
 */
const COUNT = Number(process.env['BENCH_APPOINTMENTS'] ?? 1_000_000);
const ZONE = 'America/Lima';
const ROUNDS = 8;

const say = (text: string) => process.stdout.write(`${text}\n`);
const today = Temporal.Now.plainDateISO(ZONE).toString();
const app = await startTestApp();
let missed = 0;

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

function report(name: string, times: readonly number[], goal: number): void {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
  const isMet = at(0.5) < goal;
  if (!isMet) missed += 1;
  say(
    `${name.padEnd(44)} first ${(times[0] ?? 0).toFixed(0).padStart(6)} ms  median ${at(0.5).toFixed(0).padStart(6)} ms  goal < ${goal} ms  ${isMet ? 'ok' : 'TOO SLOW'}`,
  );
}

async function measureStatistics(boss: Client): Promise<void> {
  const ranges = [
    { name: 'month', start: plusDays(today, -60), end: plusDays(today, -31), group: 'day', goal: 150 },
    { name: 'this month', start: plusDays(today, -29), end: today, group: 'day', goal: 150 },
    { name: 'three years', start: plusDays(today, -1_095), end: today, group: 'month', goal: 1_000 },
  ];
  for (const { name, start, end, group, goal } of ranges) {
    for (const path of ['', 'appointments/', 'patients/', 'revenue/']) {
      const times: number[] = [];
      for (let n = 0; n < ROUNDS; n++) {
        const by = path === '' ? '' : `&group_by=${group}`;
        const url = `/api/reports/statistics/${path}?start=${start}&end=${end}${by}`;
        times.push(
          await timed(async () => {
            const { status, text } = await boss.request('GET', url);
            if (status !== 200) throw new Error(text);
          }),
        );
      }
      report(`${name}: statistics/${path}`, times, goal);
    }
  }
}

async function measureDashboard(boss: Client): Promise<void> {
  const get = (path: string) => async () => {
    const { status, text } = await boss.request('GET', path);
    if (status !== 200) throw new Error(text);
  };
  const cold: number[] = [];
  for (let n = 0; n < ROUNDS; n++) {
    await Bun.sleep(600);
    cold.push(await timed(get('/api/dashboard/refresh/')));
  }
  report('dashboard, cold', cold, 300);

  const { snapshot } = app.services;
  let readings = 0;
  app.services.snapshot = (work) => {
    readings += 1;
    return snapshot(work);
  };
  await Bun.sleep(600);
  const rush = await timed(() =>
    Promise.all(Array.from({ length: 1_000 }, get('/api/dashboard/refresh/').bind(null))),
  );
  app.services.snapshot = snapshot;
  // Two of the widgets read a snapshot each.
  say(`a thousand dashboards at once: ${readings / 2} computation(s) in ${rush.toFixed(0)} ms`);
  if (readings !== 2) missed += 1;

  const [one] = await app.services.db.select({ id: appointments.id }).from(appointments).limit(1);
  const perRequest = async (path: string) => {
    const some = 2_000;
    const took = await timed(async () => {
      for (let n = 0; n < some; n++) await get(path)();
    });
    return took / some;
  };
  const ratios: number[] = [];
  for (let round = 0; round < 5; round++) {
    const item = await perRequest(`/api/appointments/${one?.id}/`);
    const board = await perRequest('/api/dashboard/');
    ratios.push(board / item);
    say(
      `  appointment ${(item * 1000).toFixed(0)} µs, dashboard from the cache ${(board * 1000).toFixed(0)} µs`,
    );
  }
  const ratio = ratios.toSorted((a, b) => a - b)[2] ?? 0;
  say(`dashboard from the cache: ${ratio.toFixed(2)} of the authenticated get (goal ≤ 1.2)`);
  if (ratio > 1.2) missed += 1;
}

try {
  const pool = connectDatabase(app.database.url, 4);
  const config = parseConfig({
    DATABASE_URL: app.database.url,
    SECRET_KEY: 'x'.repeat(40),
    LOG_LEVEL: 'silent',
  });
  const services = await createServices({ config, log: app.services.log, pool, secretKey: 'x'.repeat(40) });
  const ctx = systemCtx(services, 'bench');
  await ensureReferenceData(ctx);
  const seeding = await timed(() => seed(ctx, COUNT, () => undefined));
  say(`${COUNT} appointments made in ${(seeding / 1000).toFixed(0)} s`);
  const summing = await timed(() => rollUpAll(ctx));
  say(`summed up in ${(summing / 1000).toFixed(1)} s`);
  const { compared, wrong } = await verifySummaries(ctx, { from: plusDays(today, -1_500), to: today });
  say(`${compared} days compared with the appointments and the ledger, ${wrong.length} differ`);
  missed += wrong.length;
  const boss = await app.as('administrator');
  await measureStatistics(boss);
  await measureDashboard(boss);
  await forgetSummaries(ctx);
  const query = `start=${plusDays(today, -1_095)}&end=${today}`;
  const raw = await timed(() => boss.request('GET', `/api/reports/statistics/?${query}`));
  say(`three years without summaries, for comparison: ${raw.toFixed(0)} ms`);
  services.live.close();
  await pool.close();
  process.exitCode = missed === 0 ? 0 : 1;
} finally {
  await app.close();
}
