import { afterEach, beforeEach, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mysql, { type RowDataPacket } from 'mysql2/promise';
import { connectionOptions } from '../../src/db/client.ts';
import { type EmbeddedDatabase, startEmbeddedDatabase } from '../../src/embedded/database.ts';
import { prepareLayout } from '../../src/embedded/layout.ts';
import { findProcesses, isProcess } from '../../src/embedded/processes.ts';
import { findRunning } from '../../src/embedded/server.ts';

const OWNER = new URL('owner.ts', import.meta.url).pathname;
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

setDefaultTimeout(60_000);

let dataDir: string;
let owners: Bun.Subprocess<'pipe', 'pipe', 'inherit'>[];
let opened: EmbeddedDatabase[];

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'clinic embedded-'));
  owners = [];
  opened = [];
});

afterEach(async () => {
  for (const owner of owners) owner.kill('SIGKILL');
  await Promise.all(opened.map((database) => database.stop()));
  if (runningPid() !== undefined) await (await startHere()).stop();
  rmSync(dataDir, { recursive: true, force: true });
});

async function startHere(directory = dataDir): Promise<EmbeddedDatabase> {
  const database = await startEmbeddedDatabase({ dataDir: directory, log: silent });
  opened.push(database);
  return database;
}

function spawnOwner(ending: 'stop' | 'exit' = 'stop') {
  const owner = Bun.spawn([process.execPath, OWNER, dataDir, ending], { stdio: ['pipe', 'pipe', 'inherit'] });
  owners.push(owner);
  return owner;
}

async function startedOwner(ending: 'stop' | 'exit' = 'stop') {
  const owner = spawnOwner(ending);
  await owner.stdout.getReader().read();
  return owner;
}

async function leave(owner: Bun.Subprocess<'pipe', 'pipe', 'inherit'>): Promise<void> {
  await owner.stdin.end();
  await owner.exited;
}

function runningPid(): number | undefined {
  return findRunning(prepareLayout(dataDir));
}

async function query(url: string, sql: string): Promise<object[]> {
  const connection = await mysql.createConnection(connectionOptions(url).options);
  const [rows] = await connection.query<RowDataPacket[]>(sql);
  await connection.end();
  return rows;
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await Bun.sleep(20);
}

describe('the embedded database', () => {
  test('leaves the temporary files of other servers alone', async () => {
    const another = join(tmpdir(), '#sql-temptable-of-another-server.MAI');
    writeFileSync(another, '');
    try {
      await startHere();
      expect(existsSync(another)).toBe(true);
    } finally {
      rmSync(another, { force: true });
    }
  });

  test('is private, utf8mb4, durable, and keeps its data', async () => {
    const first = await startHere();
    expect(await query(first.url, 'SELECT @@character_set_database AS c, @@collation_database AS d')).toEqual(
      [{ c: 'utf8mb4', d: 'utf8mb4_unicode_ci' }],
    );
    expect(
      await query(
        first.url,
        'SELECT @@skip_networking AS a, @@innodb_flush_log_at_trx_commit AS b, @@log_bin AS c',
      ),
    ).toEqual([{ a: 1, b: 1, c: 0 }]);
    expect(statSync(join(dataDir, 'mysql')).mode & 0o777).toBe(0o700);
    await query(first.url, "CREATE TABLE kept AS SELECT 'áñ€😀' AS text");
    await first.stop();
    expect(runningPid()).toBeUndefined();

    const second = await startHere();
    expect(await query(second.url, 'SELECT text FROM kept')).toEqual([{ text: 'áñ€😀' }]);
    expect(second.version).toBe(first.version);
  });

  test('puts its socket elsewhere when the path is too long for one', async () => {
    const long = join(dataDir, 'x'.repeat(100));
    mkdirSync(long);
    const database = await startHere(long);
    const socket = new URL(database.url).searchParams.get('socket') ?? '';
    expect(Buffer.byteLength(socket)).toBeLessThanOrEqual(100);
    expect(statSync(join(socket, '..')).mode & 0o777).toBe(0o700);
    expect(await query(database.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await database.stop();
  });

  test('is found again, and then owned, after its owner was killed', async () => {
    const owner = await startedOwner();
    const pid = runningPid();
    owner.kill('SIGKILL');
    await owner.exited;
    expect(runningPid()).toBe(pid);

    const database = await startHere();
    expect(runningPid()).toBe(pid);
    await database.stop();
    expect(runningPid()).toBeUndefined();
  });

  test('is shared by two owners; the last one that leaves stops it', async () => {
    const [first, second] = await Promise.all([startedOwner(), startedOwner()]);
    const here = await startHere();
    const pid = runningPid();
    await leave(first);
    await here.stop();
    expect(runningPid()).toBe(pid);
    await leave(second);
    expect(runningPid()).toBeUndefined();
  });

  test('ends also when its owner exits without stopping it', async () => {
    const owner = await startedOwner('exit');
    await leave(owner);
    await until(() => runningPid() === undefined);
  });

  test('is made anew when making it was killed halfway', async () => {
    const home = join(dataDir, 'mysql');
    const unfinished = () =>
      (existsSync(home) ? readdirSync(home) : []).find((name) => name.startsWith('initialising-'));
    const owner = spawnOwner();
    await until(() => findProcesses(`--datadir=./${unfinished()}`).length > 0);
    const abandoned = unfinished();
    owner.kill('SIGKILL');
    await owner.exited;

    const database = await startHere();
    expect(unfinished()).toBeUndefined();
    expect(findProcesses(`--datadir=./${abandoned}`)).toEqual([]);
    expect(await query(database.url, 'SELECT COUNT(*) > 0 AS whole FROM mysql.user')).toEqual([{ whole: 1 }]);
  });

  test('is started again when it dies', async () => {
    const database = await startHere();
    const pid = runningPid() ?? 0;
    process.kill(pid, 'SIGKILL');
    await until(() => runningPid() !== undefined && runningPid() !== pid);
    await until(() =>
      query(database.url, 'SELECT 1 AS one').then(
        (rows) => rows.length === 1,
        () => false,
      ),
    );
  });
});

test('a pid that now belongs to another process is not taken for the server', () => {
  expect(isProcess(process.pid, '--pid-file=/nowhere/server.pid')).toBe(false);
  expect(isProcess(2 ** 22 + 1, '--pid-file=/nowhere/server.pid')).toBe(false);
});
