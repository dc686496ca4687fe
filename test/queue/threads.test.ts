import { afterAll, afterEach, beforeEach, expect, setDefaultTimeout, test } from 'bun:test';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import type * as v from 'valibot';
import { parseConfig } from '../../src/config.ts';
import { auditLog } from '../../src/db/audit.ts';
import { connectDatabase } from '../../src/db/client.ts';
import { sealingBacklog } from '../../src/modules/audit/seal.ts';
import { createRequestCount } from '../../src/pace.ts';
import { openBackend } from '../../src/queue/backend.ts';
import type { JobReport } from '../../src/queue/consumer.ts';
import type { Job, QueueName } from '../../src/queue/define.ts';
import { toNewJob } from '../../src/queue/enqueue.ts';
import type { Producer } from '../../src/queue/port.ts';
import { startThreads, type Threads } from '../../src/queue/supervisor.ts';
import { testDatabase } from '../services.ts';
import { type Engine, startBroker, tempDir } from './engines.ts';
import { leak, misbehave, write } from './thread-jobs.ts';
import { until } from './until.ts';

setDefaultTimeout(60_000);

let engine: Engine;
let producer: Producer;
let threads: Threads;
let lines: string[];
let reports: JobReport[];
let serial = 0;
const dir = tempDir();

beforeEach(async () => {
  engine = await startBroker();
  producer = await (await openBackend(engine.spec)).producer();
});
afterEach(async () => {
  await threads.drain(5_000);
  await producer.close();
  await engine.stop();
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const start = async (
  count = 1,
  entry = './thread-entry.ts',
  databaseUrl = 'mysql://none@localhost/none',
  queue: QueueName = 'exports',
) => {
  lines = [];
  reports = [];
  threads = startThreads({
    threads: count,
    start: {
      config: parseConfig({ LOG_LEVEL: 'debug' }),
      secretKey: 'x'.repeat(32),
      databaseUrl,
      poolSize: 2,
      requestCount: createRequestCount(),
      backend: engine.spec,
      queue,
      concurrency: 1,
      lockDuration: 1_500,
    },
    log: pino({ level: 'debug' }, { write: (line) => void lines.push(line) }),
    onReport: (report) => void reports.push(report),
    onWake: () => {},
    onLive: () => {},
    entry: new URL(entry, import.meta.url).href,
  });
  await running();
};
/** Threads yield to everything else on the machine: beside another test's processes they start slowly. */
const running = () =>
  until('the threads', () => threads.states().every(({ state }) => state === 'running'), 30_000);
/** The engine counts a job as active before the thread has it. */
const begun = () => until('it to run', () => lines.some((line) => line.includes('job started')));
const written = (path: string) => (existsSync(path) ? readFileSync(path, 'utf8') : '');
const add = async <S extends v.GenericSchema>(job: Job<S>, data: v.InferOutput<S>) => {
  serial += 1;
  const id = `job-${serial}`;
  await producer.add('exports', [toNewJob(job, data, { id })]);
  return id;
};
const file = (name: string) => join(dir, name);

/** The names of this process's threads that have a lower priority than normal. */
const lowered = () =>
  readdirSync('/proc/self/task').flatMap((tid) => {
    const [, name, fields] = /\((.*)\) (.*)/.exec(readFileSync(`/proc/self/task/${tid}/stat`, 'utf8')) ?? [];
    return Number(fields?.split(' ')[16]) > 0 ? [name] : [];
  });

test('a job runs in a thread, as the system, and is logged and reported without its payload', async () => {
  await start();
  const path = file('simple');
  const id = await add(write, { path, afterMs: 0 });
  expect(await until('the file', () => written(path))).toBe(`write exports/${id}/1`);
  await until('the report', () => reports.length > 0);
  expect(reports).toEqual([{ name: 'write', outcome: 'completed', ms: expect.any(Number) }]);
  const completed = await until('the log', () => lines.find((line) => line.includes('job completed')));
  expect(JSON.parse(completed)).toMatchObject({ queue: 'exports', job: 'write', jobId: id, attempt: 1 });
  expect(lines.join('\n')).not.toContain(path);
});

test('a failure is kept and logged without the values that its error carries', async () => {
  await start();
  const id = await add(leak, { diagnosis: 'F32.1 of a patient' });
  const record = await until('it to fail', async () =>
    (await producer.list('exports', 'failed', 0, 10)).find((failed) => failed.id === id),
  );
  expect(record.failedReason).toBe('Database error 1406 ER_DATA_TOO_LONG');
  await until('the log', () => lines.some((line) => line.includes('job failed')));
  expect(lines.join('\n')).not.toContain('F32.1');
});

test.each(['throw', 'reject', 'exit'] as const)('a thread that ends by %s is started again', async (how) => {
  await start();
  await add(misbehave, { how });
  await until('the restart', () => threads.states()[0]?.restarts === 1);
  await running();
  const path = file(`after-${how}`);
  await add(write, { path, afterMs: 0 });
  await until('the next job', () => existsSync(path), 20_000);
});

test("the service's own threads start and end", async () => {
  const { url } = await testDatabase();
  await start(2, '../../src/queue/thread.ts', url);
  expect(await threads.drain(5_000)).toBe(true);
});

test("the clean-up queue's thread seals the audit log, away from the requests' thread", async () => {
  const { url } = await testDatabase();
  const pool = connectDatabase(url, 1);
  try {
    const row = { actor: 'system:test', requestId: 'r', action: 'create', entity: 'room', entityId: '1' };
    await pool.db.insert(auditLog).values({ ...row, at: Temporal.Now.instant() });
    await start(1, '../../src/queue/thread.ts', url, 'cleanup');
    await until('the row to be sealed', async () => (await sealingBacklog(pool.db)).unsealed === 0, 20_000);
    expect((await sealingBacklog(pool.db)).lastSeq).toBe(1);
  } finally {
    await pool.close();
  }
});

test('drain waits for the running job and takes no other', async () => {
  await start();
  const path = file('drained');
  await add(write, { path, afterMs: 700 });
  await begun();
  expect(await threads.drain(10_000)).toBe(true);
  expect(existsSync(path)).toBe(true);
  expect(threads.states().map(({ state }) => state)).toEqual(['closed']);
});

test('a job that outlasts the deadline is cut off, and run again by the next threads', async () => {
  await start();
  const path = file('cut-off');
  await add(write, { path, afterMs: 2_000 });
  await begun();
  const asked = Date.now();
  expect(await threads.drain(200)).toBe(false);
  expect(Date.now() - asked).toBeLessThan(1_500);
  expect(existsSync(path)).toBe(false);
  await start();
  await until('the second run', () => existsSync(path), 20_000);
});

test.if(existsSync('/proc/thread-self'))('threads yield to requests, other threads do not', async () => {
  await until('older threads to go', () => lowered().length === 0);
  await start(2);
  expect(lowered().filter((name) => name === 'Worker')).toHaveLength(2);
  for (const shared of ['bun', 'HeapHelper', 'Bun Pool 0']) expect(lowered()).not.toContain(shared);
});
