import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { cpSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mysql, { type RowDataPacket } from 'mysql2/promise';
import { connectDatabase, connectionOptions } from '../../src/db/client.ts';
import { brokenRules } from '../demo/rules.ts';
import { testDatabase, testRedis } from '../services.ts';
import { manage, onDatabase, ROOT, startCommand } from './manage.ts';

setDefaultTimeout(60_000);

async function query(url: string, sql: string): Promise<RowDataPacket[]> {
  const connection = await mysql.createConnection(connectionOptions(url).options);
  const [rows] = await connection.query<RowDataPacket[]>(sql);
  await connection.end();
  return rows;
}

const count = async (url: string, table: string) =>
  Number((await query(url, `select count(*) as n from ${table}`))[0]?.['n']);

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  server.close();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function untilOk(url: string): Promise<void> {
  for (;;) {
    const response = await fetch(url).catch(() => undefined);
    if (response?.ok) return;
    await Bun.sleep(50);
  }
}

const SUPERUSER = ['createsuperuser', '--username', 'jefa', '--email', 'jefa@example.com'];
const PASSWORD = 'Una clave larga 9';

describe('an empty database', () => {
  test('is told by showmigrations and check, migrated once by three at a time, then up to date', async () => {
    const { url } = await testDatabase({ empty: true });
    const env = onDatabase(url);
    expect((await manage(['showmigrations'], { env })).out).toStartWith('[ ] 0000_');
    const before = await manage(['check'], { env });
    expect(before.code).toBe(1);
    expect(before.out).toMatch(/^error +migrations: 0000_\w+.* not applied; run `bun run manage migrate`$/m);

    const endings = await Promise.all([1, 2, 3].map(() => manage(['migrate'], { env })));
    expect(endings.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect(endings.map(({ out }) => out)).toEqual(Array(3).fill('The database is up to date.\n'));
    const migrations = (await manage(['showmigrations'], { env })).out.trim().split('\n');
    expect(endings.flatMap(({ err }) => err.match(/migration applied/g) ?? [])).toHaveLength(
      migrations.length,
    );
    for (const line of migrations) expect(line).toStartWith('[X] ');

    expect(await count(url, 'appointment_statuses')).toBe(6);
    expect(await count(url, 'regions')).toBe(25);
    expect(await count(url, 'holidays')).toBeGreaterThan(10);
    expect(await count(url, 'users')).toBe(0);
    const after = await manage(['check'], { env });
    expect(after.code).toBe(0);
    expect(after.out).toMatch(/^warning +accounts: nobody administers/m);
  });
});

describe('a migrated database', () => {
  let url: string;
  let env: Record<string, string>;

  beforeAll(async () => {
    ({ url } = await testDatabase());
    env = onDatabase(url);
  });

  test('createsuperuser makes an account that can log in to the service; a second of the name is refused', async () => {
    const made = await manage([...SUPERUSER, '--password', PASSWORD], { env });
    expect(made).toEqual({ code: 0, out: 'jefa is an administrator now.\n', err: '' });
    const again = await manage([...SUPERUSER, '--password', PASSWORD], { env });
    expect([again.code, again.err]).toEqual([1, 'username: This value is already in use.\n']);
    const [row] = await query(url, 'select password_hash as hash, is_superuser, role from users');
    expect(row).toMatchObject({ is_superuser: 1, role: 'administrator' });
    expect(row?.['hash']).toStartWith('$argon2id$');
    const [entry] = await query(url, "select `after` from audit_log where entity = 'user'");
    expect(JSON.stringify(entry)).not.toContain(PASSWORD);

    const port = await freePort();
    const serving = startCommand(['serve'], {
      env: { ...env, PORT: String(port), REDIS_URL: await testRedis(), LOG_LEVEL: 'warn' },
    });
    await untilOk(`http://127.0.0.1:${port}/health/`);
    const response = await fetch(`http://127.0.0.1:${port}/api/auth/login/`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username: 'jefa', password: PASSWORD }),
    });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ user_info: { username: 'jefa', is_superuser: true } });

    const second = await manage(['serve'], {
      env: { ...env, PORT: String(port), REDIS_URL: await testRedis(), LOG_LEVEL: 'silent' },
    });
    expect(second.code).toBe(1);
    expect(second.err).toContain('The port is in use');

    serving.kill('SIGTERM');
    expect(await serving.exited).toBe(0);
    expect(await new Response(serving.stdout).text()).not.toContain('Demo1234!');
    expect(await count(url, 'users')).toBe(1);
  });

  test('worker takes work without HTTP until SIGTERM', async () => {
    const port = String(await freePort());
    const working = startCommand(['worker'], {
      env: { ...env, PORT: port, REDIS_URL: await testRedis() },
    });
    const log = working.stdout.getReader();
    const { value } = await log.read();
    expect(new TextDecoder().decode(value)).toContain('"working"');
    expect(await fetch(`http://127.0.0.1:${port}/health/`).catch(() => 'refused')).toBe('refused');
    working.kill('SIGTERM');
    expect(await working.exited).toBe(0);
  });

  test('check --deploy warns of what production should not go without, and finds a Redis that is away', async () => {
    const { code, out } = await manage(['check', '--deploy'], {
      env: { ...env, REDIS_URL: 'redis://127.0.0.1:1/0', DEBUG: 'true' },
    });
    expect(code).toBe(1);
    expect(out).toMatch(/^error +queue: the Redis of REDIS_URL does not answer$/m);
    expect(out).toMatch(/^ok +database: (MariaDB|MySQL) \d/m);
    expect(out).toMatch(/^ok +routes: \d+/m);
    expect(out).toMatch(/^warning +DEBUG: is on$/m);
    expect(out).toMatch(/^warning +PUBLIC_URL: /m);
  });

  test('seed obeys the rules of the clinic, beside what is there and twice at once', async () => {
    const { out } = await manage(['seed', '--yes', '--appointments', '1500'], { env });
    expect(out).toMatch(
      /^Made 1500 appointments with tickets, 8 therapists and 150 patients in [\d.]+ s: \d+ /,
    );
    const both = await Promise.all(
      [1, 2].map(() => manage(['seed', '--yes', '--appointments', '700'], { env })),
    );
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    expect(await count(url, 'appointments')).toBe(2_900);
    expect(await count(url, 'therapists')).toBe(24);
    const pool = connectDatabase(url, 1);
    expect(await brokenRules(pool.db)).toEqual({});
    await pool.close();
  });
});

describe('makemigrations', () => {
  const project = mkdtempSync(join(tmpdir(), 'clinic-project-'));

  beforeAll(() => {
    for (const name of ['src', 'drizzle', 'drizzle.config.ts', 'package.json', 'tsconfig.json']) {
      cpSync(join(ROOT, name), join(project, name), { recursive: true });
    }
    symlinkSync(join(ROOT, 'node_modules'), join(project, 'node_modules'));
  });
  afterAll(() => rmSync(project, { recursive: true, force: true }));

  test('writes what has changed in the tables under the name it is given', async () => {
    const source = join(project, 'src/modules/rooms/tables.ts');
    await Bun.write(
      source,
      `import { int, mysqlTable } from 'drizzle-orm/mysql-core';\nexport const wards = mysqlTable('wards', { id: int().primaryKey() });\n`,
    );
    const { code } = await manage(['makemigrations', '--name', 'add_wards'], { cwd: project });
    expect(code).toBe(0);
    const written = readdirSync(join(project, 'drizzle')).find((name) => name.endsWith('_add_wards.sql'));
    expect(await Bun.file(join(project, 'drizzle', written ?? '')).text()).toContain('CREATE TABLE `wards`');
  });

  test('says where it belongs when the tool is not there', async () => {
    rmSync(join(project, 'drizzle.config.ts'));
    const { code, err } = await manage(['makemigrations'], { cwd: project });
    expect([code, err]).toEqual([
      1,
      'Migrations are made in a development checkout: run it there, after `npm install`.\n',
    ]);
  });
});
