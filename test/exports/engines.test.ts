import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { type Client, startTestApp, type TestApp } from '../harness.ts';
import { type Engine, freePort, startRedis } from '../queue/engines.ts';
import { until } from '../queue/until.ts';
import { DAYS, randomClinic } from '../reports/clinic.ts';

/* The whole way of an export in the service itself: request, outbox, relay, queue, threads, file, download. */

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const REPORT = `citas-rango/?start_date=${DAYS[0]}&end_date=${DAYS[3]}`;

let app: TestApp;
let supervisor: Client;

beforeAll(async () => {
  app = await startTestApp();
  supervisor = await app.as('supervisor');
  await randomClinic(app, 5, 60);
});
afterAll(() => app.close());

type Service = { ask: (path: string) => Promise<Response>; stop: () => Promise<void> };

async function startService(env: Record<string, string>): Promise<Service> {
  const storage = await mkdtemp(join(tmpdir(), 'clinic-export-'));
  const port = String(freePort());
  const child = Bun.spawn([process.execPath, MAIN], {
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      DATABASE_URL: app.database.url,
      SECRET_KEY: app.config.secretKey,
      STORAGE_DIR: storage,
      LOG_FILE: join(storage, 'service.log'),
      PORT: port,
      ...env,
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ask = (path: string) =>
    fetch(`http://127.0.0.1:${port}${path}`, { headers: { authorization: `Bearer ${supervisor.token}` } });
  const isReady = () =>
    ask('/health/ready/').then(
      ({ ok }) => ok,
      () => false,
    );
  await until('the service', isReady, 60_000);
  return {
    ask,
    stop: async () => {
      child.kill('SIGTERM');
      await child.exited;
      await rm(storage, { recursive: true, force: true });
    },
  };
}

describe.each(['bunqueue', 'bullmq'])('on %s', (engineName) => {
  let redis: Engine | undefined;
  let service: Service;

  beforeAll(async () => {
    redis = engineName === 'bullmq' ? await startRedis() : undefined;
    service = await startService(redis?.spec.kind === 'bullmq' ? { REDIS_URL: redis.spec.url } : {});
  }, 90_000);
  afterAll(async () => {
    await service.stop();
    await redis?.stop();
  });

  test.each([
    ['csv', '', 'text/csv'],
    ['excel', '', 'spreadsheetml'],
    ['excel', '&format=ods', 'opendocument'],
    ['pdf', '&format=letter', 'application/pdf'],
  ])(
    'a file is made and told of: %s%s',
    async (kind, format, type) => {
      const asked = await service.ask(`/api/exports/${kind}/${REPORT}${format}&async=true`);
      expect(asked.status).toBe(202);
      const { id } = (await asked.json()) as { id: number };
      const events = await (await service.ask(`/api/exports/${id}/events/`)).text();
      expect(events.trim().split('\n\n').at(-1)).toContain('event: done');

      const run = (await (await service.ask(`/api/exports/${id}/`)).json()) as Record<string, unknown>;
      expect(run).toMatchObject({ status: 'done', progress: 100, error: null });
      const file = await service.ask(`/api/exports/${id}/download/`);
      expect(file.headers.get('content-type')).toContain(type);
      const bytes = await file.bytes();
      const awaited = await service.ask(`/api/exports/${kind}/${REPORT}${format}`);
      if (kind === 'csv') expect(bytes).toEqual(await awaited.bytes());
      // The others hold the time at which they were made.
      else expect(bytes.length / (await awaited.bytes()).length).toBeCloseTo(1, 1);
    },
    60_000,
  );
});
