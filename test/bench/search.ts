import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { count, gte } from 'drizzle-orm';
import { pino } from 'pino';
import { systemCtx, type Services } from '../../src/context.ts';
import { connectDatabase } from '../../src/db/client.ts';
import { migrate } from '../../src/db/migrate.ts';
import { randomOf } from '../../src/demo/random.ts';
import { startEmbeddedDatabase } from '../../src/embedded/database.ts';
import { patients } from '../../src/modules/patients/tables.ts';
import { registerPeople } from './people.ts';

/*
 * `bun run test/bench/search.ts`: the patients' list with `search`, over HTTP on the embedded default, one request
 * after the other. BENCH_PATIENTS (1000000) and BENCH_REQUESTS (100, of each kind) can be set; BENCH_DATA names a data
 * directory that is kept, and not filled again by the next run.
 */
const COUNT = Number(process.env['BENCH_PATIENTS'] ?? 1_000_000);
const REQUESTS = Number(process.env['BENCH_REQUESTS'] ?? 100);
const KEPT = process.env['BENCH_DATA'];
const GOAL_MS = 50;

type Person = typeof patients.$inferSelect;

/** What is typed for each kind of search, made from people who are there. */
const KINDS: Record<string, (person: Person, other: Person) => string> = {
  'no search, to compare': () => '',
  'whole document': (person) => person.documentNumber,
  'beginning of a document': (person) => person.documentNumber.slice(0, 5),
  'end of a document': (person) => person.documentNumber.slice(-5),
  'telephone as written': (person) => (person.phone ?? '').replace(/(\d{3})(\d{3})(\d{3})$/, '$1 $2 $3'),
  'part of a last name': (person) => person.paternalLastName.slice(1, 6),
  'beginning of a last name': (person) => person.paternalLastName.slice(0, 4),
  'very common part': (_, other) => ['mar', 'rod', 'ez', 'a'][other.id % 4] ?? 'mar',
  'name and last name': ({ firstName, paternalLastName }) => `${firstName.split(' ')[0]} ${paternalLastName}`,
  'two last names': ({ paternalLastName, maternalLastName }) => `${maternalLastName} ${paternalLastName}`,
  'names of two people': (person, other) => `${person.paternalLastName} ${other.maternalLastName}`,
  'beginnings of two names': (person) =>
    `${person.paternalLastName.slice(0, 4)} ${person.firstName.slice(0, 3)}`,
  nobody: (person) => `${person.firstName.split(' ')[0]} xyzzy`,
};

const say = (text: string) => process.stdout.write(`${text}\n`);
const dataDir = KEPT ?? mkdtempSync(join(tmpdir(), 'clinic-bench-'));
const database = await startEmbeddedDatabase({ dataDir, log: pino({ level: 'error' }) });
const pool = connectDatabase(database.url, 2);
let service: Bun.Subprocess | undefined;
try {
  await migrate(database.url, { info: () => undefined, warn: say });
  await fill();
  const port = await freePort();
  const env: Record<string, string | undefined> = {
    ...process.env,
    STORAGE_DIR: dataDir,
    PORT: String(port),
    LOG_FILE: join(dataDir, 'bench.log'),
    DATABASE_URL: undefined,
    REDIS_URL: undefined,
  };
  service = Bun.spawn([process.execPath, fileURLToPath(new URL('../../src/main.ts', import.meta.url))], {
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  await measure(`http://127.0.0.1:${port}`);
} finally {
  service?.kill('SIGTERM');
  await service?.exited;
  await pool.close();
  await database.stop();
  if (KEPT === undefined) rmSync(dataDir, { recursive: true, force: true });
}

async function fill(): Promise<void> {
  const [row] = await pool.db.select({ total: count() }).from(patients);
  const missing = COUNT - (row?.total ?? 0);
  if (missing <= 0) return;
  const started = performance.now();
  const services = { ...pool, wakeRelay: () => undefined } as unknown as Services;
  await registerPeople(systemCtx(services, 'bench'), missing, (done) => {
    if (done % 100_000 === 0) say(`${done} patients, ${((performance.now() - started) / 1000).toFixed(0)} s`);
  });
}

async function measure(url: string): Promise<void> {
  const token = await logIn(url);
  const random = randomOf(1);
  const somebody = async (): Promise<Person> => {
    const [person] = await pool.db
      .select()
      .from(patients)
      .where(gte(patients.id, 1 + random.below(COUNT)))
      .limit(1);
    if (!person?.maternalLastName) return somebody();
    return person;
  };
  const people = await Promise.all(Array.from({ length: 2 * REQUESTS }, somebody));
  say(
    `\n${COUNT} patients, ${database.kind} ${database.version}; list page of 20 with count; goal p95 < ${GOAL_MS} ms`,
  );
  for (const [kind, typed] of Object.entries(KINDS)) {
    const times: number[] = [];
    let found = 0;
    for (let i = 0; i < REQUESTS; i++) {
      const [one, other] = [people[i], people[REQUESTS + i]];
      if (!one || !other) throw new Error('too few patients');
      const started = performance.now();
      const answer = await fetch(`${url}/api/patients/?search=${encodeURIComponent(typed(one, other))}`, {
        headers: { authorization: `Bearer ${token}` },
      });
      const { count: total } = (await answer.json()) as { count: number };
      times.push(performance.now() - started);
      if (!answer.ok) throw new Error(`${kind}: ${answer.status}`);
      found += total;
    }
    times.sort((a, b) => a - b);
    const at = (share: number) => (times[Math.floor(share * (times.length - 1))] ?? 0).toFixed(1).padStart(8);
    say(
      `${kind.padEnd(26)} p50 ${at(0.5)} ms  p95 ${at(0.95)} ms  max ${at(1)} ms  ${Math.round(found / REQUESTS)} found`,
    );
  }
}

async function logIn(url: string): Promise<string> {
  for (let attempt = 0; attempt < 300; attempt++) {
    const answer = await fetch(`${url}/api/auth/login/`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username: 'admin', password: 'Demo1234!' }),
    }).catch(() => undefined);
    if (answer?.ok) return ((await answer.json()) as { access_token: string }).access_token;
    await Bun.sleep(200);
  }
  throw new Error('the service does not answer');
}

function freePort(): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  const server = createServer().listen(0, '127.0.0.1', () => {
    const address = server.address();
    server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
  });
  return promise;
}
