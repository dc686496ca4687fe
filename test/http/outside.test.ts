import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApp } from '../../src/app.ts';
import { connectDatabase } from '../../src/db/client.ts';
import { migrate } from '../../src/db/migrate.ts';
import { startEmbeddedDatabase } from '../../src/embedded/database.ts';
import { createMetrics } from '../../src/http/metrics.ts';
import type { QueueConsole } from '../../src/queue/console.ts';
import { createServices } from '../../src/services.ts';
import { type Answer, requestTo, startTestApp, type TestApp } from '../harness.ts';
import { operatorLog } from '../log.ts';
import { expectError, serviceOn } from './service.ts';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

test('the root tells name, version and where to go', async () => {
  const { status, json } = await app.request('GET', '/');
  expect(status).toBe(200);
  expect(json).toMatchObject({ name: 'Backend-Optimizacion', version: expect.any(String) });
  for (const path of Object.values<string>(json.links)) {
    expect([path, (await app.request('GET', path)).status]).toEqual([path, 200]);
  }
});

const withProbes = (probes: Record<string, () => Promise<unknown>>) =>
  requestTo(createApp({ ...app.services, probes }));

describe('health', () => {
  test('is readiness with the state of each part', async () => {
    const ask = withProbes({ database: async () => undefined, workers: async () => [{ state: 'running' }] });
    const { status, json } = await ask('GET', '/health/ready/');
    expect([status, json]).toEqual([
      200,
      {
        status: 'ready',
        checks: { database: { ok: true }, workers: { ok: true, detail: [{ state: 'running' }] } },
      },
    ]);
  });

  test('is not ready when a part is down or does not answer, and says which', async () => {
    const ask = withProbes({
      database: async () => undefined,
      queue: () => Promise.reject(new Error('secret address 10.0.0.1')),
      workers: () => new Promise(() => undefined),
    });
    const started = performance.now();
    const { status, json, text } = await ask('GET', '/health/ready/');
    expect(performance.now() - started).toBeLessThan(3_000);
    expect([status, json]).toEqual([
      503,
      {
        status: 'unavailable',
        checks: { database: { ok: true }, queue: { ok: false }, workers: { ok: false } },
      },
    ]);
    expect(text).not.toContain('secret');
    expect((await ask('GET', '/health/')).json).toEqual({ status: 'ok' });
  });
});

const values = ({ text }: Pick<Answer, 'text'>) =>
  new Map(
    text
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
  );

const down = () => Promise.reject(new Error('down'));

const busy: QueueConsole = {
  counts: async () => ({ waiting: 3, active: 0, delayed: 0, completed: 0, failed: 0 }),
  list: async () => [],
  retry: async () => false,
  threads: () => [
    { queue: 'notifications', index: 0, state: 'running', since: 0, restarts: 2, breakers: {} },
    { queue: 'exports', index: 0, state: 'resting', since: 0, restarts: 7, breakers: {} },
  ],
  providers: () => ({ smtp: 'open', sms: 'half_open', push: 'closed' }),
};

describe('metrics', () => {
  test('have the names of the contract, and true values', async () => {
    const own = await startTestApp();
    const pool = connectDatabase(own.database.url, 5);
    const services = await createServices({
      ...own.services,
      pool,
      secretKey: own.config.secretKey ?? '',
      queues: () => busy,
    });
    const ask = requestTo(createApp(services));
    const [one, two] = [await own.as('patient'), await own.as('receptionist')];
    const patient = await own.patient();
    const therapist = await own.therapist();
    for (const token of [one.token, one.token, two.token]) await ask('GET', '/api/auth/verify/', { token });
    await ask('GET', '/nowhere/at-all');
    const day = Temporal.Now.plainDateISO('America/Lima').add({ days: 3 });
    const body = { patient_id: patient, therapist_id: therapist, date_time: `${day.toString()}T10:00` };
    expect((await ask('POST', '/api/appointments/', { token: two.token, body })).status).toBe(201);
    services.metrics.jobs.observe({ queue: 'notifications', job: 'x', outcome: 'completed' }, 0.1);
    await Bun.sleep(20);

    const answer = await ask('GET', '/metrics');
    expect([answer.status, answer.headers.get('content-type')]).toEqual([
      200,
      'text/plain; version=0.0.4; charset=utf-8',
    ]);
    const read = values(answer);
    const route = (method: string, path: string, status: number) =>
      read.get(`http_request_duration_seconds_count{method="${method}",route="${path}",status="${status}"}`);
    expect(route('GET', '/api/auth/verify/', 200)).toBe(3);
    expect(route('GET', 'none', 404)).toBe(1);
    expect(route('POST', '/api/appointments/', 201)).toBe(1);
    expect(read.get('appointment_creation_total')).toBe(1);
    expect(read.get('appointment_creation_duration_seconds_count')).toBe(1);
    expect(read.get('active_users_total')).toBe(2);
    expect(read.get('queue_jobs{queue="notifications",state="waiting"}')).toBe(3);
    expect(read.get('worker_thread_running{queue="notifications",thread="0"}')).toBe(1);
    expect(read.get('worker_thread_running{queue="exports",thread="0"}')).toBe(0);
    expect(read.get('worker_thread_restarts{queue="exports",thread="0"}')).toBe(7);
    expect(
      ['smtp', 'sms', 'push'].map((name) => read.get(`provider_circuit_state{provider="${name}"}`)),
    ).toEqual([2, 1, 0]);
    expect(read.get('job_duration_seconds_count{queue="notifications",job="x",outcome="completed"}')).toBe(1);
    expect(read.get('memory_usage_bytes')).toBeGreaterThan(10_000_000);
    expect(read.get('cache_hit_ratio{cache="tokens"}')).toBe(0.5);
    const connections = ['idle', 'busy'].map((state) =>
      read.get(`database_connection_pool_size{state="${state}"}`),
    );
    expect(connections).toEqual([expect.any(Number), expect.any(Number)]);
    expect((connections[0] ?? 0) + (connections[1] ?? 0)).toBeGreaterThan(0);
    await pool.close();
    await own.close();
  });

  test('go without a value whose source does not answer', async () => {
    const { registry } = createMetrics({
      activeUsers: down,
      connections: () => ({ open: 0, idle: 0 }),
      caches: {},
      queues: () => ({ ...busy, counts: down }),
      audit: down,
    });
    const read = values({ text: await registry.metrics() });
    expect([...read.keys()].filter((name) => /^(active_users|queue_jobs|cache_hit)/.test(name))).toEqual([]);
    expect(read.get('memory_usage_bytes')).toBeGreaterThan(0);
  });

  test('are guarded by METRICS_TOKEN when it is set', async () => {
    const guarded = await startTestApp({ METRICS_TOKEN: 'only for prometheus' });
    const admin = await guarded.as('administrator');
    for (const token of [undefined, 'only for prometheu', 'only for prometheus2', admin.token]) {
      const answer = await guarded.request('GET', '/metrics', { token });
      expectError(answer, 'AUTHENTICATION_REQUIRED');
    }
    expect((await guarded.request('GET', '/metrics', { token: 'only for prometheus' })).status).toBe(200);
    await guarded.close();
  });
});

const expectUnavailable = (answer: Answer) => {
  expectError(answer, 'DATABASE_UNAVAILABLE');
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
};

describe('without its database the service', () => {
  const body = { username: 'a', password: 'b' };

  test('says so, when there is nothing at the address', async () => {
    const service = await serviceOn('mysql://root@127.0.0.1:1/clinic');
    const token = await service.services.tokens.sign('access', {
      userId: 1,
      sessionId: crypto.randomUUID(),
      tokenId: 'x',
      expiresAt: 4_000_000_000,
    });
    expectUnavailable(await service.request('POST', '/api/auth/login/', { body }));
    expectUnavailable(await service.request('GET', '/api/patients/', { token }));
    expectUnavailable(await service.request('POST', '/api/appointments/', { token, body: {} }));
    expect((await service.request('GET', '/health/')).status).toBe(200);
    expect((await service.request('GET', '/api/auth/login/')).status).toBe(200);
    expect((await service.request('GET', '/metrics')).status).toBe(200);
    await service.close();
  });

  test('says so when it goes away, and works again when it is back', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'database-goes-'));
    const quiet = { ...operatorLog, warn: () => undefined };
    const first = await startEmbeddedDatabase({ dataDir, log: quiet });
    await migrate(first.url, quiet);
    const service = await serviceOn(first.url);
    const login = () => service.request('POST', '/api/auth/login/', { body });
    expectError(await login(), 'INVALID_CREDENTIALS');
    await first.stop();
    for (let n = 0; n < 5; n++) expectUnavailable(await login());
    const second = await startEmbeddedDatabase({ dataDir, log: quiet });
    expectError(await login(), 'INVALID_CREDENTIALS');
    await service.close();
    await second.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });
});
