import autocannon from 'autocannon';
import { writeXlsx } from 'hucre/xlsx';
import { openClinic } from './clinic.ts';

/**
 * `bun run bench import`: imports files of patients on the embedded default, beside a steady trickle of simple GETs: how
 * long it takes, and what it does to their p99. Goals: 10,000 rows in 20 s, p99 at most doubled. In each round the GETs
 * alone come first, and then each format beside as many; the medians of the rounds count, over one base for all formats.
 * BENCH_ROWS (10000), BENCH_RATE (200 GETs a second), BENCH_ROUNDS (3) and BENCH_FORMAT (csv, xlsx) can be set.
 */
const ROWS = Number(process.env['BENCH_ROWS'] ?? 10_000);
const RATE = Number(process.env['BENCH_RATE'] ?? 200);
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 3);
const FORMATS = process.env['BENCH_FORMAT']?.split(',') ?? ['csv', 'xlsx'];

/** About as long as an import takes. */
const SECONDS = 15;

const say = (text: string) => process.stdout.write(`${text}\n`);

const TITLES = [
  'DNI',
  'Nombres',
  'Apellido paterno',
  'Apellido materno',
  'Fecha de nacimiento',
  'Celular',
  'Correo',
];
const NAMES = ['María', 'José', 'Rosa', 'Julio', 'Begoña', 'Luz', 'Ángel', 'Elena'];
const LAST = ['Quispe', 'Flores', 'Muñoz', 'Rojas', 'Peña', 'Huamán', 'Díaz', 'Mamani'];

const rowsFrom = (first: number): string[][] =>
  Array.from({ length: ROWS }, (_, i) => [
    String(first + i),
    `${NAMES[i % 8]} ${NAMES[(i >> 3) % 8]}`,
    `${LAST[(i >> 6) % 8]}`,
    `${LAST[(i >> 9) % 8]}`,
    `${String(1 + (i % 28)).padStart(2, '0')}/${String(1 + (i % 12)).padStart(2, '0')}/${1930 + (i % 90)}`,
    `+51 9${String(i).padStart(8, '0')}`,
    `p${first + i}@example.com`,
  ]);

const file = async (format: string, rows: string[][]): Promise<File> =>
  format === 'xlsx'
    ? new File(
        [
          (await writeXlsx({
            sheets: [{ name: 'Pacientes', rows: [TITLES, ...rows] }],
          })) as Uint8Array<ArrayBuffer>,
        ],
        'p.xlsx',
      )
    : new File([[TITLES, ...rows].map((cells) => cells.join(';')).join('\r\n')], 'p.csv');

const clinic = await openClinic(2_000);
try {
  const { serviceUrl } = clinic;
  const login = await fetch(`${serviceUrl}/api/auth/login/`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: 'admin', password: 'Demo1234!' }),
  });
  const { access_token: token } = (await login.json()) as { access_token: string };
  const headers = { authorization: `Bearer ${token}` };
  const url = `${serviceUrl}/api/patients/1/`;
  await trickle(url, headers, 3);

  const alone: Latency[] = [];
  const beside = new Map(FORMATS.map((format) => [format, [] as (Latency & { seconds: number })[]]));
  let first = 70_000_000;
  for (let round = 0; round < ROUNDS; round++) {
    alone.push(await trickle(url, headers, SECONDS));
    for (const [format, seen] of beside) {
      // Made before the GETs begin: it would hold up this process, which times them.
      const sheet = await file(format, rowsFrom(first));
      const during = trickle(url, headers, SECONDS);
      const seconds = await importFile(serviceUrl, headers, sheet);
      first += ROWS;
      seen.push({ ...(await during), seconds });
    }
  }
  const base = median(alone.map(({ p99 }) => p99));
  say(`GETs alone: p50 ${list(alone, 'p50')} ms, p99 ${list(alone, 'p99')} ms`);
  for (const [format, seen] of beside) {
    const times = median(seen.map(({ p99 }) => p99)) / base;
    say(
      `${format}: ${ROWS} rows in ${list(seen, 'seconds')} s (goal 20); GETs beside it: p50 ${list(seen, 'p50')} ms, ` +
        `p99 ${list(seen, 'p99')} ms, ${times.toFixed(2)} times the base (goal 2)`,
    );
  }
} finally {
  await clinic.close();
}

type Latency = { p50: number; p99: number };

async function trickle(url: string, headers: Record<string, string>, duration: number): Promise<Latency> {
  const { latency } = await autocannon({ url, headers, connections: 4, overallRate: RATE, duration });
  return { p50: latency.p50, p99: latency.p99 };
}

/** Seconds until every row is a patient. */
async function importFile(serviceUrl: string, headers: Record<string, string>, sheet: File): Promise<number> {
  const body = new FormData();
  body.set('file', sheet);
  body.set('confirm_duplicate', 'true');
  const started = performance.now();
  const accepted = await fetch(`${serviceUrl}/api/patients/import/`, { method: 'POST', headers, body });
  const { status_url: statusUrl } = (await accepted.json()) as { status_url: string };
  const done = await finished(statusUrl, headers);
  if (done.rows_created !== ROWS) throw new Error(`only ${done.rows_created} of ${ROWS} rows were imported`);
  return (performance.now() - started) / 1_000;
}

function median(numbers: number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}

function list<Key extends string>(seen: Record<Key, number>[], key: Key): string {
  return seen.map((one) => String(Number(one[key].toFixed(1)))).join(', ');
}

type Status = { status: string; rows_created: number; rows_failed: number };

async function finished(statusUrl: string, headers: Record<string, string>): Promise<Status> {
  for (let attempt = 0; attempt < 1_200; attempt++) {
    const state = (await (await fetch(statusUrl, { headers })).json()) as Status;
    if (state.status === 'done' || state.status === 'failed') return state;
    await Bun.sleep(100);
  }
  throw new Error('the import does not end');
}
