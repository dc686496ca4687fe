import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import mysql, { type RowDataPacket } from 'mysql2/promise';
import type { Logger } from 'pino';
import * as v from 'valibot';
import { connectionOptions, SESSION } from './client.ts';

/** A migration that could not be applied, or was changed after it was; the message names it. */
export class MigrationError extends Error {}

const MIGRATIONS = fileURLToPath(new URL('../../drizzle', import.meta.url));
const LOCK_TIMEOUT_SECONDS = 900;

/** The statement's effect is there already: table, column, key, or foreign key exists, or what it drops is gone. */
const ALREADY_DONE = new Set([1050, 1051, 1060, 1061, 1091, 1826]);

const Journal = v.object({ entries: v.array(v.object({ tag: v.string() })) });

type Migration = { name: string; statements: string[]; hash: string; createdAt: number };
type Log = Pick<Logger, 'info' | 'warn'>;

/**
 * Brings the database up to date, or as far as the migration that was made at `last`. Any number of instances may start at once: they take turns under a lock of the
 * database. A migration that a crash interrupted goes on at the statement it had reached, since MySQL cannot roll back DDL.
 * @throws MigrationError naming the migration.
 */
export async function migrate(url: string, log: Log, folder = MIGRATIONS, last = Infinity): Promise<void> {
  const migrations = readMigrations(folder);
  await withConnection(url, async (connection) => {
    await lock(connection);
    await connection.query(
      'CREATE TABLE IF NOT EXISTS __drizzle_migrations (id SERIAL PRIMARY KEY, hash TEXT NOT NULL, created_at BIGINT)',
    );
    await connection.query(
      'CREATE TABLE IF NOT EXISTS __drizzle_progress (hash CHAR(64) PRIMARY KEY, statements INT NOT NULL, running BOOLEAN NOT NULL)',
    );
    const applied = await readApplied(connection);
    for (const migration of migrations) {
      if (isApplied(migration, applied) || migration.createdAt > last) continue;
      await apply(connection, migration);
      log.info({ migration: migration.name }, 'migration applied');
    }
    const known = new Set(migrations.map(({ createdAt }) => createdAt));
    if ([...applied.keys()].some((createdAt) => !known.has(createdAt))) {
      log.warn('the database has migrations that this version of the program does not know');
    }
  });
}

/** Every migration of this version, in order, and whether the database has it. */
export async function migrationStatus(
  url: string,
  folder = MIGRATIONS,
): Promise<{ name: string; applied: boolean }[]> {
  const applied = await withConnection(url, async (connection) => {
    const [tables] = await connection.query<RowDataPacket[]>("SHOW TABLES LIKE '\\_\\_drizzle\\_migrations'");
    return tables.length === 0 ? new Map<number, string>() : readApplied(connection);
  });
  return readMigrations(folder).map((migration) => ({
    name: migration.name,
    applied: isApplied(migration, applied),
  }));
}

/** The migrations of this version of the program, in order. */
export function readMigrations(folder = MIGRATIONS): Migration[] {
  const journal = v.parse(Journal, JSON.parse(readFileSync(join(folder, 'meta/_journal.json'), 'utf8')));
  return readMigrationFiles({ migrationsFolder: folder }).map(({ sql, hash, folderMillis }, index) => ({
    name: journal.entries[index]?.tag ?? String(folderMillis),
    statements: sql.filter((statement) => statement.trim() !== ''),
    hash,
    createdAt: folderMillis,
  }));
}

function isApplied({ name, hash, createdAt }: Migration, applied: Map<number, string>): boolean {
  const appliedHash = applied.get(createdAt);
  if (appliedHash !== undefined && appliedHash !== hash) {
    throw new MigrationError(`migration ${name} was changed after it had been applied: its checksum differs`);
  }
  return appliedHash !== undefined;
}

async function apply(connection: mysql.Connection, migration: Migration): Promise<void> {
  const { name, statements, hash, createdAt } = migration;
  const progress = await readProgress(connection, hash);
  await connection.query(
    'INSERT INTO __drizzle_progress (hash, statements, running) VALUES (?, 0, 1) ON DUPLICATE KEY UPDATE running = 1',
    [hash],
  );
  for (const [index, statement] of statements.entries()) {
    if (index < progress.statements) continue;
    const interruptedHere = progress.running && index === progress.statements;
    await connection.beginTransaction();
    try {
      await connection.query(statement);
    } catch (error) {
      if (!(interruptedHere && ALREADY_DONE.has(errnoOf(error)))) {
        await connection.rollback();
        await connection.query('UPDATE __drizzle_progress SET running = 0 WHERE hash = ?', [hash]);
        throw new MigrationError(
          `migration ${name}: statement ${index + 1} of ${statements.length} failed: ` +
            `${error instanceof Error ? error.message : String(error)}\n${statement.trim().slice(0, 500)}`,
          { cause: error },
        );
      }
    }
    await connection.query('UPDATE __drizzle_progress SET statements = ? WHERE hash = ?', [index + 1, hash]);
    await connection.commit();
  }
  await connection.beginTransaction();
  await connection.query('INSERT INTO __drizzle_migrations (hash, created_at) VALUES (?, ?)', [
    hash,
    createdAt,
  ]);
  await connection.query('DELETE FROM __drizzle_progress WHERE hash = ?', [hash]);
  await connection.commit();
}

async function readApplied(connection: mysql.Connection): Promise<Map<number, string>> {
  const [rows] = await connection.query<RowDataPacket[]>('SELECT hash, created_at FROM __drizzle_migrations');
  return new Map(rows.map((row) => [Number(row['created_at']), String(row['hash'])]));
}

/** `running` without a lock on the database means that a crash ended it. */
async function readProgress(
  connection: mysql.Connection,
  hash: string,
): Promise<{ statements: number; running: boolean }> {
  const [rows] = await connection.query<RowDataPacket[]>(
    'SELECT statements, running FROM __drizzle_progress WHERE hash = ?',
    [hash],
  );
  return {
    statements: Number(rows[0]?.['statements'] ?? 0),
    running: Number(rows[0]?.['running'] ?? 0) === 1,
  };
}

function errnoOf(error: unknown): number {
  return error instanceof Error && 'errno' in error ? Number(error.errno) : 0;
}

/** Held until the connection ends. The name carries the database: locks belong to the whole server. */
async function lock(connection: mysql.Connection): Promise<void> {
  const [rows] = await connection.query<RowDataPacket[]>(
    "SELECT GET_LOCK(CONCAT('migrate:', LEFT(SHA2(DATABASE(), 256), 40)), ?) AS taken",
    [LOCK_TIMEOUT_SECONDS],
  );
  if (Number(rows[0]?.['taken']) !== 1) {
    throw new MigrationError(
      `another instance has been migrating this database for ${LOCK_TIMEOUT_SECONDS} seconds`,
    );
  }
}

async function withConnection<T>(
  url: string,
  work: (connection: mysql.Connection) => Promise<T>,
): Promise<T> {
  const connection = await mysql.createConnection(connectionOptions(url).options);
  try {
    for (const statement of SESSION) await connection.query(statement);
    return await work(connection);
  } finally {
    await connection.end();
  }
}
