import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { type App, createApp } from '../src/app.ts';
import { type Config, parseConfig } from '../src/config.ts';
import { type Role, type Services, systemCtx, transaction } from '../src/context.ts';
import { connectDatabase } from '../src/db/client.ts';
import { indexTexts } from '../src/db/search-index.ts';
import { openSession } from '../src/modules/auth/sessions.ts';
import { patientSearch } from '../src/modules/patients/patient-search.ts';
import { patients } from '../src/modules/patients/tables.ts';
import { scheduleBlocks, therapists } from '../src/modules/therapists/tables.ts';
import { users } from '../src/modules/users/tables.ts';
import type { QueueConsole } from '../src/queue/console.ts';
import { searchTextOf } from '../src/search-text.ts';
import { createServices } from '../src/services.ts';
import { type TestDatabase, testDatabase } from './services.ts';

/** An answer, read: `json` is the parsed body, or the text when it is none. */
// oxlint-disable-next-line typescript/no-explicit-any -- a test says itself what it expects of a body
export type Answer = { status: number; headers: Headers; json: any; text: string };

type Options = { token?: string | undefined; body?: unknown; headers?: Record<string, string> };

export type TestApp = Awaited<ReturnType<typeof startTestApp>>;

/** A signed-in test user. */
export type Client = {
  userId: number;
  token: string;
  /** The id of the patient's or therapist's record, where the role has one. */
  patientId: number;
  therapistId: number;
  request: (method: string, path: string, options?: Options) => Promise<Answer>;
};

let counter = 0;
/** A number that no other row of the test run has. */
export const unique = (): number => (counter += 1);

/** Queues without a job and without a worker. */
const IDLE: QueueConsole = {
  counts: async () => ({ waiting: 0, active: 0, delayed: 0, completed: 0, failed: 0 }),
  list: async () => [],
  retry: async () => false,
  threads: () => [],
  providers: () => ({ smtp: 'closed', sms: 'closed', push: 'closed' }),
};

/** The app on a database of its own, without a server or workers; `close` when done. Environment values can be set. */
export async function startTestApp(env: Record<string, string> = {}, queues = IDLE, given?: TestDatabase) {
  const database = given ?? (await testDatabase());
  const storage = await mkdtemp(join(tmpdir(), 'clinic-test-'));
  const config: Config = parseConfig({
    DATABASE_URL: database.url,
    SECRET_KEY: 'a key for tests only, of 32 characters or more',
    LOG_LEVEL: 'silent',
    STORAGE_DIR: storage,
    ...env,
  });
  const pool = connectDatabase(database.url, 10);
  const log = pino({ level: process.env['TEST_LOG'] ?? 'silent' });
  const services = await createServices({
    config,
    log,
    pool,
    secretKey: config.secretKey ?? '',
    queues: () => queues,
  });
  const app = createApp(services);
  const request = requestTo(app);

  return {
    app,
    services,
    config,
    database,
    request,
    ctx: () => systemCtx(services, 'test'),
    as: (role: Role, fields: Partial<typeof users.$inferInsert> = {}) =>
      signIn(services, request, role, fields),
    patient: (fields: Partial<typeof patients.$inferInsert> = {}) => makePatient(services, fields),
    therapist: (fields: Partial<typeof therapists.$inferInsert> = {}) => makeTherapist(services, fields),
    close: async () => {
      await pool.close();
      await rm(storage, { recursive: true, force: true });
    },
  };
}

/** Sends requests to an app as a client would, without a server between. */
export const requestTo =
  (app: App): Client['request'] =>
  async (method, path, { token, body, headers = {} } = {}) => {
    const raw = typeof body === 'string' || body instanceof FormData || body instanceof Blob;
    const response = await app.handle(
      new Request(`http://localhost${path}`, {
        method,
        ...(body === undefined ? {} : { body: raw ? body : JSON.stringify(body) }),
        headers: {
          ...(body === undefined || body instanceof FormData ? {} : { 'content-type': 'application/json' }),
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...headers,
        },
      }),
    );
    const text = await textOf(response);
    let json: unknown = text;
    try {
      json = JSON.parse(text);
    } catch {
      // not JSON: the test looks at the text
    }
    return { status: response.status, headers: response.headers, json, text };
  };

/** The whole answer; a stream has no end, so nothing of it. */
async function textOf(response: Response): Promise<string> {
  if (!response.headers.get('content-type')?.startsWith('text/event-stream')) return response.text();
  await response.body?.cancel();
  return '';
}

async function signIn(
  services: Services,
  request: Client['request'],
  role: Role,
  fields: Partial<typeof users.$inferInsert>,
): Promise<Client> {
  const n = unique();
  const ctx = systemCtx(services, 'test');
  const [account] = await services.db
    .insert(users)
    .values({
      username: `${role}${n}`,
      email: `${role}${n}@example.com`,
      passwordHash: 'no password',
      firstName: 'Prueba',
      lastName: `Usuario ${role}`,
      role,
      ...fields,
    })
    .$returningId();
  const userId = account?.id ?? 0;
  const patientId =
    role === 'patient' ? await makePatient(services, { userId, email: `${role}${n}@example.com` }) : 0;
  const therapistId =
    role === 'therapist' ? await makeTherapist(services, { userId, email: `${role}${n}@example.com` }) : 0;
  const { access_token: token } = await transaction(ctx, (tx) => openSession(tx, userId));
  return {
    userId,
    token,
    patientId,
    therapistId,
    request: (method, path, options = {}) => request(method, path, { token, ...options }),
  };
}

async function makePatient(
  services: Services,
  fields: Partial<typeof patients.$inferInsert>,
): Promise<number> {
  const n = unique();
  const person = {
    documentType: 'DNI',
    documentNumber: String(40_000_000 + n),
    firstName: 'Rosa',
    paternalLastName: 'Quispe',
    maternalLastName: 'Huamán',
    phone: '+51 900 000 001',
    ...fields,
  };
  const searchText = searchTextOf(person);
  const [row] = await services.db
    .insert(patients)
    .values({ ...person, searchText })
    .$returningId();
  const id = row?.id ?? 0;
  await indexTexts(systemCtx(services, 'test'), patientSearch, [{ id, before: '', after: searchText }]);
  return id;
}

/** Works every day from 09:00 to 18:00. */
async function makeTherapist(
  services: Services,
  fields: Partial<typeof therapists.$inferInsert>,
): Promise<number> {
  const n = unique();
  const person = {
    documentType: 'DNI',
    documentNumber: String(10_000_000 + n),
    licenseNumber: `CTMP-${n}`,
    firstName: 'Julio',
    paternalLastName: 'Ramos',
    maternalLastName: 'Flores',
    phone: '+51 900 000 002',
    ...fields,
  };
  const [row] = await services.db
    .insert(therapists)
    .values({ ...person, searchText: searchTextOf(person) })
    .$returningId();
  const therapistId = row?.id ?? 0;
  await services.db
    .insert(scheduleBlocks)
    .values(
      [1, 2, 3, 4, 5, 6, 7].map((weekday) => ({ therapistId, weekday, startMinute: 540, endMinute: 1_080 })),
    );
  return therapistId;
}
