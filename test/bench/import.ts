import autocannon from 'autocannon';
import { writeXlsx } from 'hucre/xlsx';
import { openClinic } from './clinic.ts';

/**
 * `bun run test/bench/import.ts`: imports a file of patients on the embedded default, beside a steady trickle of simple
 * GETs: how long it takes, and what it does to their p99. Goals: 10,000 rows in 20 s, p99 at most doubled.
 * BENCH_ROWS (10000), BENCH_RATE (200 GETs a second) and BENCH_FORMAT (csv, xlsx) can be set.
 */
const ROWS = Number(process.env['BENCH_ROWS'] ?? 10_000);
const RATE = Number(process.env['BENCH_RATE'] ?? 200);
const FORMATS = process.env['BENCH_FORMAT']?.split(',') ?? ['csv', 'xlsx'];

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

  for (const [index, format] of FORMATS.entries()) {
    const alone = await trickle(url, headers, 10);
    const body = new FormData();
    body.set('file', await file(format, rowsFrom(70_000_000 + index * ROWS)));
    body.set('confirm_duplicate', 'true');
    const beside = trickle(url, headers, 15);
    const started = performance.now();
    const accepted = await fetch(`${serviceUrl}/api/patients/import/`, { method: 'POST', headers, body });
    const { status_url: statusUrl } = (await accepted.json()) as { status_url: string };
    const done = await finished(statusUrl, headers);
    const seconds = (performance.now() - started) / 1_000;
    const during = await beside;
    say(
      `${format}: ${done.rows_created} of ${ROWS} rows in ${seconds.toFixed(1)} s (goal 20), ${done.rows_failed} refused; ` +
        `GET p50/p99 ${alone.p50}/${alone.p99} ms alone, ${during.p50}/${during.p99} ms beside it ` +
        `(${(during.p99 / alone.p99).toFixed(2)} times, goal 2)`,
    );
  }
} finally {
  await clinic.close();
}

async function trickle(url: string, headers: Record<string, string>, duration: number) {
  const { latency } = await autocannon({ url, headers, connections: 4, overallRate: RATE, duration });
  return { p50: latency.p50, p99: latency.p99 };
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
