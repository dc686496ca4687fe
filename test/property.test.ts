import { afterAll, beforeAll, expect, test } from 'bun:test';
import { sql } from 'drizzle-orm';
import * as fc from 'fast-check';
import { ERRORS } from '../src/errors.ts';
import { type Answer, type Client, startTestApp, type TestApp } from './harness.ts';
import { type Operation, type RandomRequest, requestsTo, type Schema } from './random-requests.ts';

/** The same requests in every run; another number finds other ones. */
const SEED = Number(process.env['PROPERTY_SEED'] ?? 20_261_122);
/** Random requests to each route. */
const RUNS = Number(process.env['PROPERTY_RUNS'] ?? 40);

type Actor = 'administrator' | 'patient' | 'anonymous';

let app: TestApp;
let countRows: () => Promise<string>;
let rows: string;
let tokens: Record<Actor, string | undefined>;

async function signIn(): Promise<void> {
  const [admin, patient]: Client[] = [await app.as('administrator'), await app.as('patient')];
  tokens = { administrator: admin?.token, patient: patient?.token, anonymous: undefined };
}

beforeAll(async () => {
  app = await startTestApp();
  await signIn();
  const therapist = await app.therapist();
  await app.therapist();
  for (let hour = 9; hour < 13; hour++) {
    const day = Temporal.Now.plainDateISO('America/Lima').add({ days: 2 });
    const body = {
      patient_id: 1,
      therapist_id: therapist,
      date_time: `${day.toString()}T${String(hour).padStart(2, '0')}:00`,
    };
    const made = await app.request('POST', '/api/appointments/', { token: tokens.administrator, body });
    expect(made.status).toBe(201);
  }
  for (const name of ['Reflexología', 'Masaje', 'Acupuntura']) {
    await app.request('POST', '/api/specialties/', { token: tokens.administrator, body: { name } });
  }

  const [found] = await app.services.db.execute(
    sql`select table_name as name from information_schema.tables where table_schema = database()`,
  );
  const names = (found as unknown as { name: string }[]).map(({ name }) => name);
  // Hints become live events a moment after their transaction.
  const uncounted = ['rate_counters', 'live_events'];
  const counted = names.filter((name) => !uncounted.includes(name) && !name.startsWith('__'));
  const counts = sql.join(
    counted.map((name) => sql`select ${name} as name, count(*) as n from ${sql.identifier(name)}`),
    sql` union all `,
  );
  countRows = async () => {
    const [rows] = await app.services.db.execute(counts);
    return (rows as unknown as { name: string; n: number }[]).map(({ name, n }) => `${name}=${n}`).join(' ');
  };
});
afterAll(() => app.close());

type Documented = {
  parameters?: { name: string; in: string; schema: Schema }[];
  requestBody?: { content: Record<string, { schema: Schema }> };
};

async function operations(): Promise<Operation[]> {
  const { json } = await app.request('GET', '/swagger/json');
  const paths = json.paths as Record<string, Record<string, Documented>>;
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { parameters = [], requestBody }]) => ({
      method: method.toUpperCase(),
      path,
      parameters,
      body: Object.values(requestBody?.content ?? {})[0]?.schema,
    })),
  );
}

/** What must hold of every answer, whatever was asked; the rest of a failure's report is fast-check's. */
function judge({ status, json, headers, text }: Answer): void {
  if (status < 400) return;
  const problem = `${status} ${text.slice(0, 300)}`;
  if (status >= 500) throw new Error(`answers ${problem}`);
  const { error, code, details, request_id: requestId, ...rest } = json as Record<string, unknown>;
  const entry = ERRORS[code as keyof typeof ERRORS];
  const rightShape =
    entry?.status === status &&
    (error === entry.es || error === entry.en) &&
    requestId === headers.get('x-request-id') &&
    Object.keys(rest).length === 0 &&
    (details === undefined || (typeof details === 'object' && details !== null && !Array.isArray(details)));
  if (!rightShape) throw new Error(`has not the contract's shape: ${problem}`);
  if (/drizzle|valibot|mysql|mariadb|elysia|\bselect\b|\.ts:|expected/i.test(text))
    throw new Error(`tells of the inside: ${problem}`);
}

async function holds(method: string, actor: Actor, request: RandomRequest): Promise<number> {
  const token = tokens[actor];
  const answer = await app.request(method, request.path, { token, ...request });
  judge(answer);
  const before = rows;
  rows = await countRows();
  if (answer.status >= 400) {
    if (rows !== before) throw new Error(`was refused with ${answer.text} but wrote: ${before} → ${rows}`);
  }
  if (answer.status === 401 && actor !== 'anonymous') {
    await signIn();
    rows = await countRows();
  }
  return answer.status;
}

const actor = fc.constantFrom<Actor>('administrator', 'administrator', 'patient', 'anonymous');

test('no request to a documented route breaks the service or leaves anything half-written', async () => {
  const statuses = new Map<number, number>();
  const reached = new Set<string>();
  rows = await countRows();
  for (const operation of await operations()) {
    const name = `${operation.method} ${operation.path}`;
    await fc.assert(
      fc.asyncProperty(actor, requestsTo(operation), async (who, request) => {
        const status = await holds(operation.method, who, request);
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
        if (status < 300) reached.add(name);
      }),
      {
        seed: SEED,
        numRuns: RUNS,
        endOnFailure: false,
        reporter: (details) => {
          if (details.failed)
            throw new Error(`${name}\n${fc.defaultReportMessage(details) ?? ''}`.slice(0, 4_000));
        },
      },
    );
  }
  const told = [...statuses].toSorted(([a], [b]) => a - b).map(([status, n]) => `${status}: ${n}`);
  process.stdout.write(`answers by status: ${told.join(', ')}; ${reached.size} routes with a success\n`);
  expect(reached.size).toBeGreaterThan(60);
}, 120_000);

test('no request to a random path, in a random way, breaks the service', async () => {
  const parts = [
    'api',
    'auth',
    'patients',
    '1',
    'status',
    '..',
    '%2e%2e',
    '%00',
    '%',
    '😀',
    '',
    ';',
    '*',
    ':id',
    'x'.repeat(3_000),
  ];
  const path = fc.array(fc.constantFrom(...parts), { maxLength: 6 }).map((some) => `/${some.join('/')}`);
  const method = fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD');
  await fc.assert(
    fc.asyncProperty(actor, method, path, async (who, how, where) => {
      const request = { path: where, headers: {}, body: /GET|HEAD/.test(how) ? undefined : '{}' };
      const answer = await app.request(how, where, { token: tokens[who], ...request });
      if (how === 'HEAD') expect(answer.status).toBeLessThan(500);
      else judge(answer);
    }),
    { seed: SEED, numRuns: 400 },
  );
}, 60_000);
