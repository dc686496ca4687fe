import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mysql, { type RowDataPacket } from 'mysql2/promise';
import { connectionOptions } from '../../src/db/client.ts';
import { migrate, migrationStatus } from '../../src/db/migrate.ts';
import { testDatabase } from '../services.ts';

const silent = { info: () => undefined, warn: () => undefined };

let folder: string;
let url: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'clinic-migrations-'));
  ({ url } = await testDatabase({ empty: true }));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Writes a migrations folder as drizzle-kit does. */
function write(migrations: Record<string, string[]>): void {
  const entries = Object.entries(migrations).map(([tag, statements], idx) => {
    writeFileSync(join(folder, `${tag}.sql`), statements.join('\n--> statement-breakpoint\n'));
    return { idx, version: '5', when: 1_000 + idx, tag, breakpoints: true };
  });
  mkdirSync(join(folder, 'meta'), { recursive: true });
  writeFileSync(
    join(folder, 'meta/_journal.json'),
    JSON.stringify({ version: '7', dialect: 'mysql', entries }),
  );
}

async function query(sql: string): Promise<object[]> {
  const connection = await mysql.createConnection(connectionOptions(url).options);
  const [rows] = await connection.query<RowDataPacket[]>(sql);
  await connection.end();
  return rows;
}

const failure = (work: Promise<unknown>): Promise<string> => work.then(() => 'no failure', String);

const FIRST = ['CREATE TABLE a (id INT PRIMARY KEY)', 'INSERT INTO a VALUES (1)', 'CREATE TABLE b (id INT)'];
const SECOND = ['ALTER TABLE b ADD c INT', 'INSERT INTO a VALUES (2)'];

const WAITING =
  "SELECT id FROM information_schema.processlist WHERE info LIKE 'INSERT INTO halt%' AND db = DATABASE()";
const MIGRATE = `
  import { migrate } from '${new URL('../../src/db/migrate.ts', import.meta.url).pathname}';
  await migrate(process.argv[1], { info() {}, warn() {} }, process.argv[2]);
`;

describe('migrate', () => {
  test('three instances that start at once apply each migration once', async () => {
    write({ '0000_first': FIRST, '0001_second': SECOND });
    const applied: unknown[] = [];
    const log = { info: (entry: unknown) => applied.push(entry), warn: () => undefined };
    await Promise.all([migrate(url, log, folder), migrate(url, log, folder), migrate(url, log, folder)]);
    expect(applied).toEqual([{ migration: '0000_first' }, { migration: '0001_second' }]);
    expect(await query('SELECT id FROM a ORDER BY id')).toEqual([{ id: 1 }, { id: 2 }]);
  });

  test('reports what is applied and what is not', async () => {
    write({ '0000_first': FIRST });
    expect(await migrationStatus(url, folder)).toEqual([{ name: '0000_first', applied: false }]);
    await migrate(url, silent, folder);
    write({ '0000_first': FIRST, '0001_second': SECOND });
    expect(await migrationStatus(url, folder)).toEqual([
      { name: '0000_first', applied: true },
      { name: '0001_second', applied: false },
    ]);
  });

  test('names the migration and statement that failed, keeps the ones before, and goes on there once it is right', async () => {
    write({ '0000_first': FIRST, '0001_second': ['INSERT INTO a VALUES (2)', 'CREATE TABLE nonsense'] });
    expect(await failure(migrate(url, silent, folder))).toContain(
      'migration 0001_second: statement 2 of 2 failed: ',
    );
    expect(await migrationStatus(url, folder)).toEqual([
      { name: '0000_first', applied: true },
      { name: '0001_second', applied: false },
    ]);
    expect(await failure(migrate(url, silent, folder))).toContain('statement 2 of 2 failed: ');
  });

  test('goes on where a crash interrupted it, although the statement had taken effect already', async () => {
    const connection = await mysql.createConnection(connectionOptions(url).options);
    await connection.query('CREATE TABLE halt (id INT)');
    await connection.query('LOCK TABLES halt WRITE');
    write({
      '0000_first': ['CREATE TABLE a (id INT)', 'INSERT INTO halt VALUES (1)', 'CREATE TABLE b (id INT)'],
    });
    const instance = Bun.spawn([process.execPath, '-e', MIGRATE, url, folder], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    while ((await query(WAITING)).length === 0) await Bun.sleep(20);
    instance.kill('SIGKILL');
    await instance.exited;
    await connection.end();
    while ((await query(WAITING)).length > 0) await Bun.sleep(20);
    await query('TRUNCATE halt');
    // As if the crash had come between the first statement and the note that it was done.
    await query('UPDATE __drizzle_progress SET statements = 0');

    await migrate(url, silent, folder);
    expect(await query('SELECT id FROM halt')).toEqual([{ id: 1 }]);
    expect(await query('SELECT * FROM __drizzle_progress')).toEqual([]);
  });

  test('does not take a table that was there before for its own, at no attempt', async () => {
    write({ '0000_first': FIRST });
    await query('CREATE TABLE a (other INT)');
    expect(await failure(migrate(url, silent, folder))).toContain(
      "statement 1 of 3 failed: Table 'a' already exists",
    );
    expect(await failure(migrate(url, silent, folder))).toContain(
      "statement 1 of 3 failed: Table 'a' already exists",
    );
  });

  test('refuses a migration that was changed after it had been applied', async () => {
    write({ '0000_first': FIRST });
    await migrate(url, silent, folder);
    write({ '0000_first': [...FIRST, 'CREATE TABLE late (id INT)'] });
    const message = 'migration 0000_first was changed after it had been applied';
    expect(await failure(migrate(url, silent, folder))).toContain(message);
    expect(await failure(migrationStatus(url, folder))).toContain(message);
  });

  test('warns when the database is ahead of the program', async () => {
    write({ '0000_first': FIRST, '0001_second': SECOND });
    await migrate(url, silent, folder);
    write({ '0000_first': FIRST });
    const warnings: unknown[] = [];
    await migrate(url, { info: () => undefined, warn: (entry: unknown) => warnings.push(entry) }, folder);
    expect(warnings).toEqual(['the database has migrations that this version of the program does not know']);
  });
});
