import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mysql, { type RowDataPacket } from 'mysql2/promise';
import { readArchive, textOf, writeArchive } from '../../src/backup/archive.ts';
import { dump } from '../../src/backup/dump.ts';
import { keyFingerprint, MANIFEST } from '../../src/backup/manifest.ts';
import { readTables } from '../../src/backup/schema.ts';
import { connectionOptions } from '../../src/db/client.ts';
import { migrate, readMigrations } from '../../src/db/migrate.ts';
import { ensureDemo } from '../../src/demo/ensure.ts';
import { localFiles } from '../../src/files/store.ts';
import { createChain } from '../../src/modules/audit/chain.ts';
import { sealBatch } from '../../src/modules/audit/seal.ts';
import { startTestApp, type TestApp } from '../harness.ts';
import { testDatabase } from '../services.ts';
import { manage, onDatabase } from './manage.ts';

setDefaultTimeout(60_000);

const folder = mkdtempSync(join(tmpdir(), 'clinic-backup-'));
const file = join(folder, 'clinic.tar.gz');
const AWKWARD = `O'Brien "\\n"\\ \n\t%_;-- ñ 😀 \u0000 {"a": [1]}`;

let app: TestApp;

/** Nothing but how far it is, which a slow machine says. */
const ONLY_PROGRESS = /^(?:\w+: \d+…\n)*$/;

/** The settings of a service on that database, with a storage folder of its own. */
const place = (url: string) => ({ ...onDatabase(url), STORAGE_DIR: mkdtempSync(join(folder, 'storage-')) });

beforeAll(async () => {
  app = await startTestApp();
  await ensureDemo(app.ctx());
  const admin = await app.as('administrator');
  const made = await admin.request('POST', '/api/specialties/', {
    body: { name: 'Moxibustión', description: `O'Brien "\\n"\\ ñ 😀 {"a": [1]}` },
  });
  expect(made.status).toBe(201);
  await query(app.database.url, `update patients set address = ${mysql.escape(AWKWARD)} where id = 1`);
  await app.services.files.save('photos/1/ab.jpg', new Blob(['a picture']));
  await app.services.files.save('tmp/unfinished', new Blob(['half a pict']));
  const chain = createChain(app.config.secretKey ?? '');
  while (await sealBatch(app.services.db, app.services.transact, chain)) continue;
  const ending = await manage(['backup', file], {
    env: { ...onDatabase(app.database.url), STORAGE_DIR: app.config.storageDir },
  });
  expect([ending.code, ending.err]).toEqual([0, expect.stringMatching(ONLY_PROGRESS)]);
  expect(ending.out).toMatch(/ holds \d{4,} rows of \d\d tables and 1 files: [\d.]+ MB in /);
});
afterAll(async () => {
  await app.close();
  rmSync(folder, { recursive: true, force: true });
});

async function query(url: string, sql: string): Promise<RowDataPacket[]> {
  const connection = await mysql.createConnection(connectionOptions(url).options);
  const [rows] = await connection.query<RowDataPacket[]>(sql);
  await connection.end();
  return rows;
}

const count = async (url: string, table: string) =>
  Number((await query(url, `select count(*) as n from ${table}`))[0]?.['n']);

/** Every row of every table as text, save the audit rows of the commands themselves. */
async function contents(url: string): Promise<Record<string, unknown[]>> {
  const connection = await mysql.createConnection(connectionOptions(url).options);
  const found: Record<string, unknown[]> = {};
  for (const { name, key } of await readTables(connection)) {
    const [rows] = await connection.query<RowDataPacket[]>({
      sql: `select * from \`${name}\`${key.length > 0 ? ` order by ${key.map((one) => `\`${one}\``).join()}` : ''}`,
      typeCast: (field) => field.string('utf8'),
    });
    found[name] = rows.filter((row) => !(name === 'audit_log' && row['entity'] === 'database'));
  }
  await connection.end();
  return found;
}

/** The databases beside that one which a restore made. */
const leftovers = async (url: string) => {
  const { database } = connectionOptions(url);
  return query(url, `show databases like '${database.replaceAll('_', '\\_')}\\_%'`);
};

/** A copy of the backup whose entry was changed, with a manifest that says that this is how it was written. */
async function forged(name: string, change: (text: string) => string): Promise<string> {
  const path = join(folder, `${crypto.randomUUID()}.tar.gz`);
  await writeArchive(path, async (add) => {
    const hashes: Record<string, string> = {};
    for await (const entry of readArchive(file)) {
      const text = await textOf(entry.content);
      if (entry.name === MANIFEST) {
        const manifest = { ...JSON.parse(text), entries: hashes };
        const changed = name === MANIFEST ? change(JSON.stringify(manifest)) : JSON.stringify(manifest);
        await add(MANIFEST, new Blob([changed]));
      } else
        hashes[entry.name] = await add(entry.name, new Blob([entry.name === name ? change(text) : text]));
    }
  });
  return path;
}

describe('a backup', () => {
  test('is one file for this user only, and nothing beside it', () => {
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  test('holds no key, no unfinished file, and is told in the audit log', async () => {
    const names: string[] = [];
    for await (const { name, content } of readArchive(file)) {
      names.push(name);
      expect(await textOf(content)).not.toContain(app.config.secretKey ?? '');
    }
    expect(names.filter((name) => name.startsWith('files/'))).toEqual(['files/photos/1/ab.jpg']);
    expect(names.at(-1)).toBe(MANIFEST);
    expect(names.some((name) => name.includes('drizzle'))).toBe(false);
    const [told] = await query(
      app.database.url,
      "select actor, `after` from audit_log where action = 'backup'",
    );
    expect(told).toMatchObject({ actor: 'system:backup' });
  });

  test('does not take the place of a file', async () => {
    const ending = await manage(['backup', file], { env: place(app.database.url) });
    expect(ending).toEqual({ code: 1, out: '', err: `${file} is there already.\n` });
  });

  test('that fails leaves no file', async () => {
    const path = join(folder, 'none.tar.gz');
    const { url } = await testDatabase({ empty: true });
    const ending = await manage(['backup', path], { env: place(url) });
    expect([ending.code, existsSync(path)]).toEqual([1, false]);
    expect(ending.err).toBe('The database lacks tables: run `bun run manage migrate`.\n');
    expect(readdirSync(folder).filter((name) => name.includes('none'))).toEqual([]);
  });

  test('is of one instant, whatever is written meanwhile', async () => {
    const { url } = await testDatabase();
    const path = join(folder, 'instant.tar.gz');
    const connection = await mysql.createConnection(connectionOptions(url).options);
    let pairs = 0;
    const writePair = async () => {
      pairs += 1;
      await connection.beginTransaction();
      await connection.query('insert into document_types (name) values (?)', [`pair ${pairs}`]);
      await connection.query('insert into specialties (name) values (?)', [`pair ${pairs}`]);
      await connection.commit();
    };
    await writePair();
    const source = { databaseUrl: url, secretKey: 'x', files: localFiles(join(folder, 'no-files')) };
    const manifest = await (async () => {
      let made: Awaited<ReturnType<typeof dump>> | undefined;
      await writeArchive(path, async (add) => {
        const slowly: typeof add = async (name, content) => {
          await writePair();
          return add(name, content);
        };
        made = await dump(source, slowly, () => undefined);
      });
      return made;
    })();
    await connection.end();
    expect(pairs).toBeGreaterThan(3);
    expect(manifest?.tables['document_types']?.rows).toBe(1);
    expect(manifest?.tables['specialties']?.rows).toBe(1);
  });
});

describe('restore', () => {
  test('gives an empty database every row and file, and an audit log that is whole', async () => {
    const { url } = await testDatabase({ empty: true });
    const env = place(url);
    const ending = await manage(['restore', file], { env });
    expect([ending.code, ending.err]).toEqual([0, expect.stringMatching(ONLY_PROGRESS)]);
    expect(ending.out).toStartWith(`Restored ${file}, made at `);

    const [former, restored] = await Promise.all([contents(app.database.url), contents(url)]);
    expect(restored).toEqual(former);
    expect(restored['patients']?.[0]).toMatchObject({ address: AWKWARD });
    expect(readdirSync(env.STORAGE_DIR)).toEqual(['files']);
    expect(readFileSync(join(env.STORAGE_DIR, 'files/photos/1/ab.jpg'), 'utf8')).toBe('a picture');
    expect(existsSync(join(env.STORAGE_DIR, 'files/tmp'))).toBe(false);

    const verified = await manage(['audit', 'verify'], { env });
    expect([verified.code, verified.err]).toEqual([0, '']);
    expect(verified.out).toMatch(/^The audit log is whole: [1-9]\d* rows/);
    expect((await manage(['showmigrations'], { env })).out).not.toContain('[ ]');
    const told = await query(url, "select actor from audit_log where action = 'restore'");
    expect(told).toMatchObject([{ actor: 'system:restore' }]);
  });

  test('takes the place of data only when it is told to twice, and then of all of them', async () => {
    const { url } = await testDatabase();
    const env = place(url);
    await query(
      url,
      "insert into users (username, email, password_hash, first_name, last_name, role) values ('old', 'old@example.com', '-', 'O', 'L', 'patient')",
    );
    await localFiles(join(env.STORAGE_DIR, 'files')).save('photos/9/old.jpg', new Blob(['old']));
    const before = await contents(url);
    const refused = await manage(['restore', file], { env });
    expect([refused.code, refused.err]).toEqual([1, expect.stringContaining('add --replace')]);
    const unsure = await manage(['restore', file, '--replace'], { env });
    expect([unsure.code, unsure.err.split('\n')[0]]).toEqual([2, '--yes is missing.']);
    expect(await contents(url)).toEqual(before);

    const { code } = await manage(['restore', file, '--replace', '--yes'], { env });
    expect(code).toBe(0);
    expect(await contents(url)).toEqual(await contents(app.database.url));
    expect(await query(url, "select 1 from users where username = 'old'")).toEqual([]);
    expect(readdirSync(join(env.STORAGE_DIR, 'files/photos'))).toEqual(['1']);
    expect(readdirSync(env.STORAGE_DIR)).toEqual(['files']);
    expect(await leftovers(url)).toEqual([]);
  });

  test('refuses files alone, too', async () => {
    const { url } = await testDatabase();
    const env = place(url);
    await localFiles(join(env.STORAGE_DIR, 'files')).save('photos/9/old.jpg', new Blob(['old']));
    expect((await manage(['restore', file], { env })).err).toContain('add --replace');
  });

  test('that fails halfway leaves what was there', async () => {
    const twice = await forged('tables/users/000001.ndjson', (text) => `${text}${text.split('\n')[0]}\n`);
    const [used, unused] = await Promise.all([testDatabase(), testDatabase()]);
    await query(
      used.url,
      "insert into users (username, email, password_hash, first_name, last_name, role) values ('old', 'old@example.com', '-', 'O', 'L', 'patient')",
    );
    const before = await contents(used.url);
    const env = place(used.url);
    await localFiles(join(env.STORAGE_DIR, 'files')).save('photos/9/old.jpg', new Blob(['old']));
    const failed = await manage(['restore', twice, '--replace', '--yes'], { env });
    expect([failed.code, failed.out]).toEqual([1, '']);
    expect(await contents(used.url)).toEqual(before);
    expect(await leftovers(used.url)).toEqual([]);
    expect(readdirSync(env.STORAGE_DIR)).toEqual(['files']);
    expect(readdirSync(join(env.STORAGE_DIR, 'files/photos'))).toEqual(['9']);

    const empty = place(unused.url);
    expect((await manage(['restore', twice], { env: empty })).code).toBe(1);
    expect(await query(unused.url, 'show tables')).toEqual([]);
    expect(readdirSync(empty.STORAGE_DIR)).toEqual([]);
  });

  test.each([
    ['cut short', (bytes: Buffer) => bytes.subarray(0, bytes.length - 2_000), /is damaged/],
    ['changed inside', (bytes: Buffer) => bytes.fill(0x55, 20_000, 20_040), /is damaged/],
    ['something else', () => Buffer.from('hello'), /is damaged or not a backup/],
  ])('says that a file is %s before it changes anything', async (_, damage, complaint) => {
    const path = join(folder, `${crypto.randomUUID()}.tar.gz`);
    writeFileSync(path, damage(readFileSync(file)));
    const { url } = await testDatabase();
    const before = await count(url, 'districts');
    for (const args of [['--check'], ['--replace', '--yes']]) {
      const ending = await manage(['restore', path, ...args], { env: place(url) });
      expect([ending.code, ending.out]).toEqual([1, '']);
      expect(ending.err).toMatch(complaint);
    }
    expect(await count(url, 'districts')).toBe(before);
  });

  test('says that a row was changed behind the manifest', async () => {
    const path = await forged(MANIFEST, (text) =>
      text.replace(/("tables\/users\/000001.ndjson":")..../, '$10000'),
    );
    const ending = await manage(['restore', path, '--check'], {
      env: place('mysql://nobody@127.0.0.1:1/none'),
    });
    expect([ending.code, ending.err]).toEqual([
      1,
      `${path} is damaged: tables/users/000001.ndjson is not what was written.\n`,
    ]);
  });

  test('--check needs no database', async () => {
    const ending = await manage(['restore', file, '--check'], {
      env: place('mysql://nobody@127.0.0.1:1/none'),
    });
    expect(ending).toEqual({ code: 0, out: expect.stringContaining('It is whole.\n'), err: '' });
  });

  test('refuses the backup of another SECRET_KEY unless that is wanted', async () => {
    const { url } = await testDatabase({ empty: true });
    const env = { ...place(url), SECRET_KEY: 'another key for tests only, of 32 characters' };
    const refused = await manage(['restore', file], { env });
    expect([refused.code, refused.err]).toEqual([1, expect.stringContaining('another SECRET_KEY')]);
    expect(await query(url, 'show tables')).toEqual([]);
    expect((await manage(['restore', file, '--other-key'], { env })).code).toBe(0);
    expect((await manage(['audit', 'verify'], { env })).code).toBe(1);
    const keys = join(folder, 'old-keys');
    writeFileSync(keys, `${app.config.secretKey}\n`);
    expect((await manage(['audit', 'verify', '--old-keys', keys], { env })).code).toBe(0);
  });

  test('refuses the backup of a newer version, and a database of somebody else', async () => {
    const newer = await forged(MANIFEST, (text) =>
      text.replace('"migrations":[', '"migrations":[{"hash":"of tomorrow","created_at":1},'),
    );
    const [{ url }, other] = await Promise.all([
      testDatabase({ empty: true }),
      testDatabase({ empty: true }),
    ]);
    expect((await manage(['restore', newer], { env: place(url) })).err).toContain('newer or another version');
    expect(await query(url, 'show tables')).toEqual([]);
    await query(other.url, 'create table theirs (id int primary key)');
    const refused = await manage(['restore', file, '--replace', '--yes'], { env: place(other.url) });
    expect([refused.code, refused.err]).toEqual([1, expect.stringContaining('not of this service')]);
    expect(await count(other.url, 'theirs')).toBe(0);
  });

  test('brings the backup of an older version up to date', async () => {
    const [older, { url }] = await Promise.all([
      testDatabase({ empty: true }),
      testDatabase({ empty: true }),
    ]);
    const quiet = { info: () => undefined, warn: () => undefined };
    await migrate(older.url, quiet, undefined, readMigrations()[0]?.createdAt);
    await query(older.url, "insert into specialties (name) values ('Antigua')");
    const path = join(folder, 'older.tar.gz');
    const env = place(url);
    await writeArchive(path, async (add) => {
      const source = {
        databaseUrl: older.url,
        secretKey: app.config.secretKey ?? '',
        files: localFiles(env.STORAGE_DIR),
      };
      await dump(source, add, () => undefined);
    });
    expect((await manage(['restore', path], { env })).code).toBe(0);
    expect(await query(url, 'select name from specialties')).toMatchObject([{ name: 'Antigua' }]);
    expect((await manage(['showmigrations'], { env })).out).not.toContain('[ ]');
  });
});

test('the fingerprint of a key tells keys apart and is not the key', () => {
  expect(keyFingerprint('a')).not.toBe(keyFingerprint('b'));
  expect(keyFingerprint('a')).toMatch(/^[\da-f]{32}$/);
});
