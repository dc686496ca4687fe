import { loadavg } from 'node:os';
import { logIn, openClinic } from './clinic.ts';

/*
 * `bun run bench files`: the reports' files over HTTP on the embedded default, on three years of appointments with
 * their tickets and payments: a day as PDF, long lists as Excel and CSV by jobs, and what simple requests wait
 * meanwhile. BENCH_APPOINTMENTS (1000000) and BENCH_ONLY (day,excel,meanwhile,csv) can be set; BENCH_DATA names a data directory that is kept, and not filled
 * again by the next run.
 */
const COUNT = Number(process.env['BENCH_APPOINTMENTS'] ?? 1_000_000);
const YEARS_DAYS = 1_111;
const FILES_OF_A_DAY = 15;
/** One export is over before enough requests have been answered for a p99. */
const EXPORTS = 4;
const ONLY = process.env['BENCH_ONLY']?.split(',');

/** Milliseconds, but for the CSV's rows per second and megabytes, and how many times as long a request may take. */
const GOAL = { day: 300, excel10k: 1_000, excel100k: 10_000, csvRate: 100_000, csvGrowth: 100, meanwhile: 2 };

const say = (text: string) => process.stdout.write(`${text}\n`);
let missed = 0;
const verdict = (ok: boolean) => {
  if (!ok) missed += 1;
  return ok ? 'ok' : 'MISSED';
};

const clinic = await openClinic(COUNT, { keep: process.env['BENCH_DATA'] });

/** A working day so many days ago. */
function dayAgo(days: number): string {
  const day = Temporal.Now.plainDateISO('America/Lima').subtract({ days });
  return (day.dayOfWeek === 7 ? day.subtract({ days: 1 }) : day).toString();
}

/** The days, back from the day before yesterday, that have about so many appointments. */
const rangeOf = (rows: number): string =>
  `start_date=${dayAgo(2 + Math.max(1, Math.round((rows / COUNT) * YEARS_DAYS)))}&end_date=${dayAgo(2)}`;

async function clientOf(token: string) {
  const ask = async (path: string) => {
    const answer = await fetch(`${clinic.serviceUrl}/api/${path}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer;
  };
  return { ask, json: async <T>(path: string) => (await (await ask(path)).json()) as T };
}
type Client = Awaited<ReturnType<typeof clientOf>>;

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

const percentile = (times: readonly number[], share: number): number =>
  times.toSorted((a, b) => a - b)[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;

/** Each file is of another day, so that nothing is at hand but what a running service has. */
async function filesOfADay({ ask, json }: Client): Promise<void> {
  for (const kind of ['pdf', 'excel', 'csv']) {
    const path = (ago: number) => `exports/${kind}/caja-chica-mejorada/?date=${dayAgo(ago)}`;
    const first = await timed(async () => (await ask(path(30))).bytes());
    const times: number[] = [];
    for (let n = 1; n <= FILES_OF_A_DAY; n++)
      times.push(await timed(async () => (await ask(path(30 + n * 40))).bytes()));
    const middle = percentile(times, 0.5);
    const goal = kind === 'pdf' ? ` (goal ${GOAL.day}) ${verdict(middle < GOAL.day)}` : '';
    const { cantidad_total_pagos: payments } = await json<{ cantidad_total_pagos: number }>(
      `reports/improved-daily-cash/?date=${dayAgo(70)}`,
    );
    say(
      `${kind} of a day with about ${payments} payments: the first ${first.toFixed(0)} ms, then p50 ${middle.toFixed(0)} ms${goal}, p95 ${percentile(times, 0.95).toFixed(0)} ms`,
    );
  }
}

type Run = { id: number; status: string; rows: number };

/** Has a job make a file; the time is from the request until it can be had. */
async function made({ json }: Client, path: string): Promise<{ run: Run; ms: number }> {
  const started = performance.now();
  const { id } = await json<{ id: number }>(`exports/${path}&async=true`);
  for (;;) {
    const run = await json<Run>(`exports/${id}/`);
    if (run.status === 'failed') throw new Error(`${path} failed`);
    if (run.status === 'done') return { run, ms: performance.now() - started };
    await Bun.sleep(100);
  }
}

async function workbooks(client: Client): Promise<void> {
  for (const [rows, goal] of [
    [10_000, GOAL.excel10k],
    [100_000, GOAL.excel100k],
  ] as const) {
    const { run, ms } = await made(client, `excel/citas-rango/?${rangeOf(rows)}`);
    say(
      `Excel of ${run.rows} rows by a job: ${ms.toFixed(0)} ms (goal ${goal}) ${verdict(ms * (rows / run.rows) < goal)}`,
    );
  }
}

/** Latencies of a simple request, one after the other, until `isOver`. */
async function simpleGets({ ask }: Client, isOver: () => boolean): Promise<number[]> {
  const times: number[] = [];
  while (!isOver()) {
    times.push(await timed(async () => (await ask('appointments/1/')).bytes()));
    await Bun.sleep(2);
  }
  return times;
}

async function meanwhile(client: Client): Promise<void> {
  const end = performance.now() + 5_000;
  const alone = percentile(await simpleGets(client, () => performance.now() > end), 0.99);
  const times: number[] = [];
  let taken = 0;
  for (let n = 0; n < EXPORTS; n++) {
    let isDone = false;
    const exporting = made(client, `excel/citas-rango/?${rangeOf(100_000)}`).finally(() => (isDone = true));
    times.push(...(await simpleGets(client, () => isDone)));
    taken += (await exporting).ms;
  }
  const busy = percentile(times, 0.99);
  say(
    `p99 of a GET: ${alone.toFixed(1)} ms, while 100,000 rows go to Excel ${busy.toFixed(1)} ms, p50 ${percentile(times, 0.5).toFixed(1)} ms, of ${times.length} during ${EXPORTS} exports of ${(taken / EXPORTS / 1_000).toFixed(1)} s (goal: at most ${GOAL.meanwhile} times) ${verdict(busy <= GOAL.meanwhile * alone)}`,
  );
}

/** Of the service with its threads. */
const megabytes = async () =>
  Number(/VmRSS:\s+(\d+)/.exec(await Bun.file(`/proc/${clinic.processes.service}/status`).text())?.[1]) /
  1_024;

async function longCsv(client: Client): Promise<void> {
  const before = await megabytes();
  let most = before;
  const look = setInterval(() => void megabytes().then((now) => (most = Math.max(most, now))), 50);
  const { run, ms } = await made(client, `csv/citas-rango/?${rangeOf(COUNT)}`).finally(() =>
    clearInterval(look),
  );
  const rate = run.rows / (ms / 1_000);
  const growth = most - before;
  say(
    `CSV of ${run.rows} rows by a job: ${(ms / 1_000).toFixed(1)} s, ${Math.round(rate)} rows/s (goal ${GOAL.csvRate}) ${verdict(rate >= GOAL.csvRate)}; memory grew by ${growth.toFixed(0)} MB (goal ${GOAL.csvGrowth}) ${verdict(growth < GOAL.csvGrowth)}`,
  );
  const download = await timed(async () => (await client.ask(`exports/${run.id}/download/`)).bytes());
  say(`its download: ${(download / 1_000).toFixed(1)} s`);
}

try {
  say(`load average ${loadavg()[0]?.toFixed(1)}`);
  const client = await clientOf(await logIn(clinic.serviceUrl));
  const parts = { day: filesOfADay, excel: workbooks, meanwhile, csv: longCsv };
  for (const [name, part] of Object.entries(parts)) {
    if (!ONLY || ONLY.includes(name)) await part(client);
  }
} finally {
  await clinic.close();
}
process.exitCode = missed === 0 ? 0 : 1;
