import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mysql from 'mysql2/promise';
import { connectionOptions } from '../../src/db/client.ts';
import { type TestDatabase, testDatabase } from '../services.ts';
import { manage, onDatabase } from './manage.ts';

setDefaultTimeout(60_000);

const PASSWORD = `a "hidden" #pass'word`;
const programs = mkdtempSync(join(tmpdir(), 'clinic-shells-'));
const user = `shell_${crypto.randomUUID().slice(0, 8)}`;

let database: TestDatabase;
let env: Record<string, string>;

beforeAll(async () => {
  database = await testDatabase();
  const connection = await mysql.createConnection(connectionOptions(database.adminUrl).options);
  await connection.query(`create user ${user}@'%' identified by ${mysql.escape(PASSWORD)}`);
  await connection.query(`grant all on \`${database.name}\`.* to ${user}@'%'`);
  await connection.end();
  const url = new URL(database.url);
  url.username = user;
  url.password = encodeURIComponent(PASSWORD);
  env = onDatabase(url.href);
  for (const name of ['mariadb', 'mysql']) {
    const program = join(programs, name);
    writeFileSync(program, '#!/bin/sh\nprintf "%s\\n" "$@" "MYSQL_PWD=$MYSQL_PWD"\ncat\nexit 3\n');
    chmodSync(program, 0o755);
  }
});
afterAll(async () => {
  const connection = await mysql.createConnection(connectionOptions(database.adminUrl).options);
  await connection.query(`drop user ${user}@'%'`);
  await connection.end();
  rmSync(programs, { recursive: true, force: true });
});

describe('dbshell', () => {
  test('opens the client on the database, with the password in no argument, and ends as it does', async () => {
    const { code, out } = await manage(['dbshell'], {
      env: { ...env, PATH: `${programs}:/usr/bin:/bin` },
      input: 'select 1;',
    });
    expect(code).toBe(3);
    const lines = out.split('\n');
    const args = lines.slice(0, lines.indexOf(`MYSQL_PWD=${PASSWORD}`));
    const { hostname, port, searchParams } = new URL(database.url);
    const socket = searchParams.get('socket');
    expect(args).toEqual([
      '--no-defaults',
      ...(socket === null
        ? ['--protocol=tcp', `--host=${hostname}`, `--port=${port}`]
        : [`--socket=${socket}`]),
      `--user=${user}`,
      '--default-character-set=utf8mb4',
      database.name,
    ]);
    expect(lines.at(-1)).toBe('select 1;');
  });

  test('runs what comes from standard input', async () => {
    const ending = await manage(['dbshell'], { env, input: "select 'áñ😀' as text, count(*) from regions;" });
    expect(ending).toEqual({ code: 0, out: 'text\tcount(*)\náñ😀\t0\n', err: '' });
    const failed = await manage(['dbshell'], { env, input: 'select nonsense;' });
    expect([failed.code, failed.out]).toEqual([1, '']);
  });

  test('says so when there is no client or no database', async () => {
    const without = await manage(['dbshell'], { env: { ...env, PATH: '/nowhere' } });
    expect([without.code, without.err]).toEqual([1, expect.stringContaining('no database client')]);
    const down = await manage(['dbshell'], { env: onDatabase('mysql://nobody:hidden@127.0.0.1:1/none') });
    expect(down).toEqual({ code: 1, out: '', err: 'The database of DATABASE_URL does not answer.\n' });
  });
});

describe('shell', () => {
  test('runs code with the services, a context and the database at hand, and prints what it returns', async () => {
    const code = `const { specialties } = await load('modules/therapists/tables.ts');
      await db.insert(specialties).values({ name: 'Moxibustión' } satisfies { name: string });
      return [await db.$count(specialties), ctx.actor, services.config.timeZone]`;
    const evaluated = await manage(['shell', '--eval', code], { env });
    expect([evaluated.code, evaluated.err]).toEqual([0, '']);
    expect(evaluated.out.replaceAll(/\s+/g, ' ')).toBe(
      '[ 1, { kind: "system", name: "shell", }, "America/Lima" ] ',
    );
    const piped = await manage(['shell'], { env, input: 'const { n } = { n: 41 };\nconsole.log(n + 1);\n' });
    expect(piped).toEqual({ code: 0, out: '42\n', err: '' });
  });

  test.each([
    ['throw new Error("it does not work")', 'it does not work\n'],
    ['return await load("nowhere.ts")', /^Cannot find module/],
    ['const = 1', /Unexpected|Expected|error/],
  ])('%s ends with 1 and says why', async (code, complaint) => {
    const ending = await manage(['shell', '--eval', code], { env });
    expect([ending.code, ending.out]).toEqual([1, '']);
    expect(ending.err).toMatch(complaint);
  });
});
