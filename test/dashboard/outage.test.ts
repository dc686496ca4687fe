import { afterAll, beforeAll, expect, setSystemTime, test } from 'bun:test';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApp } from '../../src/app.ts';
import { connectDatabase, connectionOptions } from '../../src/db/client.ts';
import { createServices } from '../../src/services.ts';
import { requestTo, startTestApp, type TestApp } from '../harness.ts';

/** A database that can be taken away: its connections break and new ones are refused, or nothing answers any more. */
async function fragile(url: string) {
  const { options } = connectionOptions(url);
  const directory = mkdtempSync(join(tmpdir(), 'outage-'));
  const socketPath = join(directory, 'db.sock');
  const sockets = new Set<Socket>();
  let hanging = false;
  const server = createServer((client) => {
    const target = options.socketPath
      ? connect(options.socketPath)
      : connect(options.port ?? 3306, options.host ?? '127.0.0.1');
    for (const socket of [client, target]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        client.destroy();
        target.destroy();
        sockets.delete(socket);
      });
    }
    client.on('data', (data) => {
      if (!hanging) target.write(data);
    });
    target.pipe(client);
  });
  const up = () =>
    new Promise<void>((resolve) => {
      hanging = false;
      server.listen(socketPath, resolve);
    });
  const down = () => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  await up();
  const own = new URL(url);
  own.hostname = 'localhost';
  own.port = '';
  own.searchParams.set('socket', socketPath);
  return {
    url: own.href,
    up,
    down,
    hang: () => (hanging = true),
    remove: () => {
      down();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

let app: TestApp;
let database: Awaited<ReturnType<typeof fragile>>;
let request: TestApp['request'];
let close: () => Promise<void>;

beforeAll(async () => {
  app = await startTestApp();
  database = await fragile(app.database.url);
  const pool = connectDatabase(database.url, 5);
  const { config, services } = app;
  const own = await createServices({ config, log: services.log, pool, secretKey: config.secretKey ?? '' });
  request = requestTo(createApp(own));
  close = async () => {
    own.live.close();
    await pool.close();
  };
});
afterAll(async () => {
  setSystemTime();
  database.remove();
  await Promise.race([close().catch(() => undefined), Bun.sleep(2_000)]);
  await app.close();
});

const PATHS = ['', 'refresh/', 'widgets/?widget_types=revenue_today,occupancy'];

test('without the database, whoever was here lately gets the last good dashboard, with its age', async () => {
  const { token } = await app.as('supervisor');
  const stranger = await app.as('supervisor');
  const therapist = await app.as('therapist');
  const before = await request('GET', '/api/dashboard/', { token });
  expect([before.status, before.json.cached]).toEqual([200, false]);
  await Bun.sleep(1_100);
  database.down();

  for (const path of PATHS) {
    const { status, json } = await request('GET', `/api/dashboard/${path}`, { token });
    expect([path, status, json.cached, json.role]).toEqual([path, 200, true, 'supervisor']);
    expect(json.age_seconds).toBeGreaterThanOrEqual(1);
    expect(json.generated_at).toBe(before.json.generated_at);
    expect(before.json.widgets).toMatchObject(json.widgets);
  }
  // What others may see is no help for those who were not here, and nothing else is served.
  for (const other of [stranger.token, therapist.token]) {
    const { status, json } = await request('GET', '/api/dashboard/', { token: other });
    expect([status, json.code]).toEqual([503, 'DATABASE_UNAVAILABLE']);
  }
  for (const path of [
    '/api/appointments/',
    '/api/reports/statistics/revenue/?start=2026-01-01&end=2026-01-02',
  ]) {
    expect((await request('GET', path, { token })).status).toBe(503);
  }
  expect((await request('GET', '/api/dashboard/', { token: `${token}x` })).status).toBe(401);

  // Five minutes later nobody knows any more whether the session is still open.
  setSystemTime(Date.now() + 301_000);
  expect((await request('GET', '/api/dashboard/', { token })).status).toBe(503);
  setSystemTime();

  await database.up();
  const after = await request('GET', '/api/dashboard/refresh/', { token });
  expect([after.status, after.json.cached]).toEqual([200, false]);
}, 60_000);

test('a closed session is not believed, even by the instance that knew it', async () => {
  const client = await app.as('supervisor');
  const { token } = client;
  expect((await request('GET', '/api/dashboard/', { token })).status).toBe(200);
  expect((await request('POST', '/api/auth/logout/', { token })).status).toBe(200);
  database.down();
  expect((await request('GET', '/api/dashboard/', { token })).status).toBe(503);
  await database.up();
  await Bun.sleep(50);
  expect((await request('GET', '/api/dashboard/', { token })).status).toBe(401);
}, 30_000);

test('when the database does not answer, the last good dashboard comes within seconds', async () => {
  const { token } = await app.as('supervisor');
  await request('GET', '/api/dashboard/refresh/', { token });
  await Bun.sleep(600);
  database.hang();
  for (const path of PATHS) {
    const since = performance.now();
    const { status, json } = await request('GET', `/api/dashboard/${path}`, { token });
    expect([status, json.cached]).toEqual([200, true]);
    expect(performance.now() - since).toBeLessThan(6_000);
  }
  database.down();
  await database.up();
  await Bun.sleep(50);
  const after = await request('GET', '/api/dashboard/refresh/', { token });
  expect([after.status, after.json.cached]).toEqual([200, false]);
}, 60_000);
