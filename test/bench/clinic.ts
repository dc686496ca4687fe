import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { and, count, desc, eq, gte, lt } from 'drizzle-orm';
import { pino } from 'pino';
import { connectDatabase } from '../../src/db/client.ts';
import { startEmbeddedDatabase } from '../../src/embedded/database.ts';
import { findProcess } from '../../src/embedded/processes.ts';
import { appointments } from '../../src/modules/appointments/tables.ts';
import { selectAppointments } from '../../src/modules/appointments/view.ts';

const file = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** A service on the embedded default with many appointments, and the floor beside it, each a process of its own. */
export type Clinic = Awaited<ReturnType<typeof openClinic>>;

/**
 * Starts both on free ports and a throw-away data directory; `close` stops and removes everything. The directory `keep`
 * stays instead, and is not filled again by the next run.
 */
export async function openClinic(appointmentCount: number, { keep }: { keep?: string | undefined } = {}) {
  const dataDir = keep ?? mkdtempSync(join(tmpdir(), 'clinic-bench-'));
  const closers: (() => unknown)[] = keep ? [] : [() => rmSync(dataDir, { recursive: true, force: true })];
  const close = async () => {
    for (const closer of closers.toReversed()) await closer();
  };
  try {
    return { ...(await start(dataDir, appointmentCount, closers)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function start(dataDir: string, appointmentCount: number, closers: (() => unknown)[]) {
  const [servicePort, floorPort] = [await freePort(), await freePort()];
  const { DATABASE_URL: _, REDIS_URL: __, ...inherited } = process.env;
  const env = {
    ...inherited,
    STORAGE_DIR: dataDir,
    PORT: String(servicePort),
    LOG_FILE: join(dataDir, 'service.log'),
  };
  const run = (args: string[]) => {
    const child = Bun.spawn([process.execPath, ...args], { env, stdio: ['ignore', 'ignore', 'inherit'] });
    closers.push(() => {
      child.kill('SIGTERM');
      return child.exited;
    });
    return child;
  };

  // Our own share in the embedded server keeps it up between the processes, and tells its address.
  const database = await startEmbeddedDatabase({ dataDir, log: pino({ level: 'error' }) });
  closers.push(database.stop);
  const service = run([file('../../src/main.ts')]);
  await answering(`http://127.0.0.1:${servicePort}/health/ready/`);
  const { db, close } = connectDatabase(database.url, 1);
  closers.push(close);
  const [row] = await db.select({ total: count() }).from(appointments);
  if ((row?.total ?? 0) < appointmentCount) await seed({ env }, appointmentCount);
  const select = selectAppointments(db).where(eq(appointments.id, 1)).toSQL().sql;
  const floor = run([file('floor.ts'), database.url, String(floorPort), select]);
  await answering(`http://127.0.0.1:${floorPort}/appointments/1`);

  return {
    db,
    databaseUrl: database.url,
    env,
    serviceUrl: `http://127.0.0.1:${servicePort}`,
    floorUrl: `http://127.0.0.1:${floorPort}`,
    processes: { service: service.pid, floor: floor.pid, database: databasePid(dataDir) },
  };
}

/** Adds demo appointments with what belongs to them. */
export async function seed({ env }: Pick<Clinic, 'env'>, appointmentCount: number): Promise<void> {
  const args = [file('../../src/cli.ts'), 'seed', '--appointments', String(appointmentCount)];
  const seeding = Bun.spawn([process.execPath, ...args], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  if ((await seeding.exited) !== 0) throw new Error('the seed command failed');
}

/** An access token of the demo administrator. */
export async function logIn(serviceUrl: string): Promise<string> {
  const response = await fetch(`${serviceUrl}/api/auth/login/`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: 'admin', password: 'Demo1234!' }),
  });
  const { access_token: token } = (await response.json()) as { access_token: string };
  return token;
}

/** The therapist with the most appointments in the seven days from `from` on, and how many. */
export async function busiestTherapist(db: Clinic['db'], from: Temporal.PlainDate) {
  const start = from.toZonedDateTime('America/Lima').toInstant();
  const appointmentCount = count();
  const [busiest] = await db
    .select({ id: appointments.therapistId, appointments: appointmentCount })
    .from(appointments)
    .where(and(gte(appointments.dateTime, start), lt(appointments.dateTime, start.add({ hours: 7 * 24 }))))
    .groupBy(appointments.therapistId)
    .orderBy(desc(appointmentCount))
    .limit(1);
  if (!busiest) throw new Error('nobody has an appointment in the coming week');
  return busiest;
}

async function answering(url: string): Promise<void> {
  for (let attempt = 0; attempt < 600; attempt++) {
    const ok = await fetch(url, { signal: AbortSignal.timeout(5_000) }).then(
      (response) => response.ok,
      () => false,
    );
    if (ok) return;
    await Bun.sleep(100);
  }
  throw new Error(`${url} does not answer`);
}

function freePort(): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  const server = createServer().listen(0, '127.0.0.1', () => {
    const address = server.address();
    server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
  });
  return promise;
}

/** The server whose arguments name the data directory. */
const databasePid = (dataDir: string): number =>
  findProcess(`--pid-file=${join(realpathSync(dataDir), 'mysql', 'server.pid')}`) ?? 0;
