import { loadavg } from 'node:os';
import { count } from 'drizzle-orm';
import { appointments } from '../../src/modules/appointments/tables.ts';
import { openClinic } from './clinic.ts';

/*
 * `bun run test/bench/reports.ts`: the reports and their files over HTTP on the embedded default, on three years of
 * appointments with their tickets and payments, one request after the other. BENCH_APPOINTMENTS (1000000) and
 * BENCH_REQUESTS (40, of each kind) can be set. Beside it stands what the Django system needed that this one replaces.
 */
const COUNT = Number(process.env['BENCH_APPOINTMENTS'] ?? 1_000_000);
const REQUESTS = Number(process.env['BENCH_REQUESTS'] ?? 40);

/** Milliseconds. */
const GOAL = { day: 50, pdf: 300, excel10k: 1_000, excel100k: 10_000 };
/** Daily cash of 100 payments in 100,000 appointments, and its Excel. */
const REPLACED = { cash: 1_900, excel: 1_300 };
const CSV_ROWS_PER_SECOND = 100_000;
const CSV_GROWTH_MB = 100;

const say = (text: string) => process.stdout.write(`${text}\n`);
const verdict = (ok: boolean) => (ok ? 'ok' : 'MISSED');

const clinic = await openClinic(COUNT);

function loadAverage(): string {
  return loadavg()
    .map((one) => one.toFixed(1))
    .join(' ');
}

async function login(): Promise<string> {
  const answer = await fetch(`${clinic.serviceUrl}/api/auth/login/`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: 'supervisor', password: 'Demo1234!' }),
  });
  return ((await answer.json()) as { access_token: string }).access_token;
}

async function ask(token: string, path: string): Promise<{ status: number; bytes: Uint8Array }> {
  const answer = await fetch(`${clinic.serviceUrl}/api/${path}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  if (answer.status >= 400) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return { status: answer.status, bytes: await answer.bytes() };
}

async function json<T>(token: string, path: string): Promise<T> {
  return JSON.parse(new TextDecoder().decode((await ask(token, path)).bytes)) as T;
}

/** A working day so many days ago. */
function dayAgo(days: number): string {
  const day = Temporal.Now.plainDateISO('America/Lima').subtract({ days });
  return (day.dayOfWeek === 7 ? day.subtract({ days: 1 }) : day).toString();
}

async function warmUp(token: string): Promise<void> {
  await ask(token, `exports/pdf/resumen-caja/?date=${dayAgo(3)}`);
  await ask(token, `exports/excel/resumen-caja/?date=${dayAgo(3)}`);
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

const percentile = (times: readonly number[], share: number): number =>
  times.toSorted((a, b) => a - b)[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;

async function days(token: string): Promise<void> {
  const reports: Record<string, (day: string) => string> = {
    'improved-daily-cash': (day) => `date=${day}`,
    'daily-paid-tickets': (day) => `date=${day}`,
    'daily-cash': (day) => `date=${day}`,
    'appointments-per-therapist': (day) => `date=${day}`,
    'patients-by-therapist': (day) => `date=${day}`,
    'appointments-between-dates': (day) => `start_date=${day}&end_date=${day}`,
  };
  for (const [path, query] of Object.entries(reports)) {
    const times: number[] = [];
    for (let n = 0; n < REQUESTS; n++)
      times.push(await timed(() => ask(token, `reports/${path}/?${query(dayAgo(2 + n * 23))}`)));
    const p95 = percentile(times, 0.95);
    const beside = path.endsWith('daily-cash')
      ? `, ${Math.round(REPLACED.cash / percentile(times, 0.5))} times as fast as the replaced system's ${REPLACED.cash} ms`
      : '';
    say(
      `${path}: p50 ${percentile(times, 0.5).toFixed(1)} ms, p95 ${p95.toFixed(1)} ms (goal ${GOAL.day}) ${verdict(p95 < GOAL.day)}${beside}`,
    );
  }
}

async function files(token: string): Promise<void> {
  const day = dayAgo(40);
  const { cantidad_total_pagos: entries } = await json<{ cantidad_total_pagos: number }>(
    token,
    `reports/improved-daily-cash/?date=${day}`,
  );
  for (const [kind, goal] of [
    ['pdf', GOAL.pdf],
    ['excel', REPLACED.excel / 10],
    ['csv', GOAL.pdf],
  ] as const) {
    const times: number[] = [];
    for (let n = 0; n < 8; n++)
      times.push(await timed(() => ask(token, `exports/${kind}/caja-chica-mejorada/?date=${day}`)));
    const middle = percentile(times, 0.5);
    const beside = kind === 'excel' ? `; the replaced system: ${REPLACED.excel} ms for 100` : '';
    say(
      `${kind} of a day with ${entries} payments: ${middle.toFixed(0)} ms (goal ${goal}) ${verdict(middle < goal)}${beside}`,
    );
  }
}

/** The days, back from the day before yesterday, that have about so many appointments. */
function rangeOf(rows: number): string {
  const daysBack = Math.max(1, Math.round((rows / COUNT) * 1_111));
  return `start_date=${dayAgo(2 + daysBack)}&end_date=${dayAgo(2)}`;
}

type Run = { id: number; status: string; progress: number; rows: number; created_at: string };

async function made(token: string, path: string): Promise<{ run: Run; seconds: number }> {
  const started = performance.now();
  const { id } = await json<{ id: number }>(token, `exports/${path}&async=true`);
  for (;;) {
    const run = await json<Run>(token, `exports/${id}/`);
    if (run.status === 'failed') throw new Error(`${path} failed`);
    if (run.status === 'done') return { run, seconds: (performance.now() - started) / 1_000 };
    await Bun.sleep(25);
  }
}

const megabytes = async () =>
  Number(/VmRSS:\s+(\d+)/.exec(await Bun.file(`/proc/${clinic.processes.service}/status`).text())?.[1]) /
  1_024;

/** Latencies of a simple request, one after the other, until `over` says so. */
async function simpleGets(token: string, over: () => boolean): Promise<number[]> {
  const times: number[] = [];
  while (!over()) {
    times.push(await timed(() => ask(token, 'appointments/1/')));
    await Bun.sleep(2);
  }
  return times;
}

async function jobs(token: string): Promise<void> {
  for (const [rows, goal] of [
    [10_000, GOAL.excel10k],
    [100_000, GOAL.excel100k],
  ] as const) {
    const { run, seconds } = await made(token, `excel/citas-rango/?${rangeOf(rows)}`);
    say(
      `Excel of ${run.rows} rows by a job, asked for until done: ${(seconds * 1_000).toFixed(0)} ms (goal ${goal}) ${verdict(seconds * 1_000 < goal)}`,
    );
  }

  const end = performance.now() + 5_000;
  const idle = percentile(await simpleGets(token, () => performance.now() > end), 0.99);
  let isDone = false;
  const exporting = made(token, `excel/citas-rango/?${rangeOf(100_000)}`).finally(() => (isDone = true));
  const busy = percentile(await simpleGets(token, () => isDone), 0.99);
  await exporting;
  say(
    `p99 of a GET: ${idle.toFixed(1)} ms, while 100,000 rows go to Excel ${busy.toFixed(1)} ms (goal: at most doubled) ${verdict(busy <= 2 * idle)}`,
  );

  const before = await megabytes();
  let most = before;
  const look = setInterval(() => {
    void megabytes().then((now) => (most = Math.max(most, now)));
  }, 50);
  const writing = made(token, `csv/citas-rango/?${rangeOf(COUNT)}`).finally(() => clearInterval(look));
  const { run, seconds } = await writing;
  const rate = run.rows / seconds;
  say(
    `CSV of ${run.rows} rows: ${seconds.toFixed(1)} s, ${Math.round(rate)} rows/s (goal ${CSV_ROWS_PER_SECOND}) ${verdict(rate >= CSV_ROWS_PER_SECOND)}; memory grew by ${(most - before).toFixed(0)} MB (goal ${CSV_GROWTH_MB}) ${verdict(most - before < CSV_GROWTH_MB)}`,
  );
  const download = await timed(() => ask(token, `exports/${run.id}/download/`));
  say(`its download: ${(download / 1_000).toFixed(1)} s`);
}

try {
  const [row] = await clinic.db.select({ total: count() }).from(appointments);
  say(`${row?.total ?? 0} appointments with their tickets and payments; load average ${loadAverage()}`);
  const token = await login();
  await warmUp(token);
  await days(token);
  await files(token);
  await jobs(token);
} finally {
  await clinic.close();
}
