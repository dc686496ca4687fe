import { drizzle, type MySql2Database } from 'drizzle-orm/mysql2';
import type { Connection } from 'mysql2';
import mysql from 'mysql2/promise';
import { type Closing, finished } from './closing.ts';
import { keepOrder, sendTogether } from './packet.ts';

/** The pool's handle, or a transaction's: verbs take either and cannot tell which. */
export type Database = Pick<
  MySql2Database,
  'select' | 'selectDistinct' | 'insert' | 'update' | 'delete' | 'execute' | 'with' | '$count'
>;

/** A connected pool; `close` waits for the connections to end. */
export type DatabasePool = {
  db: MySql2Database;
  /** Runs `work` on one connection between BEGIN and COMMIT, or ROLLBACK when it throws. */
  transact: <T>(work: (db: Database) => Promise<T | Closing<T>>) => Promise<T>;
  /** Like `transact`, to read only: every query sees the database as it was at the beginning. */
  snapshot: <T>(work: (db: Database) => Promise<T>) => Promise<T>;
  /** How many connections there are, and how many of them nobody uses now. */
  connections: () => { open: number; idle: number };
  /** Whether somebody had to wait for a connection just now. */
  crowded: () => boolean;
  close: () => Promise<void>;
};

/** Milliseconds that a request waits for a free connection before it gets DATABASE_UNAVAILABLE. */
const ACQUIRE_TIMEOUT = 5_000;

/** Milliseconds that a wait for a connection counts as just now. */
const JUST_NOW = 200;

/**
 * Opens the pool. A connection's session is UTC, strict, and READ COMMITTED, so that a read after a row lock
 * sees what the lock's last holder committed (no gap locks, fewer deadlocks).
 */
export function connectDatabase(url: string, poolSize: number): DatabasePool {
  const pool = mysql.createPool({
    ...connectionOptions(url).options,
    connectionLimit: poolSize,
    maxIdle: poolSize,
    queueLimit: poolSize * 200,
    enableKeepAlive: true,
    // For `packet.ts`, which joins statements that are complete; values reach the server as parameters only.
    multipleStatements: true,
  });
  // mysql2 publishes no count of a pool's connections.
  const lists = pool.pool as unknown as Record<'_allConnections' | '_freeConnections', ArrayLike<unknown>>;
  pool.on('connection', (connection) => {
    // mysql2 sends queued commands of one connection in order, so this precedes the caller's first query.
    for (const statement of SESSION) void connection.query(statement);
  });
  let waitedAt = -Infinity;
  pool.on('enqueue', () => {
    waitedAt = performance.now();
  });
  return {
    db: drizzle({ client: pool, casing: 'snake_case' }),
    transact: between(['begin'], pool),
    snapshot: between(SNAPSHOT, pool),
    connections: () => ({ open: lists._allConnections.length, idle: lists._freeConnections.length }),
    crowded: () => performance.now() - waitedAt < JUST_NOW,
    // One that was just being opened to a server that is away rejects; it needs no closing.
    close: () => pool.end().catch(() => undefined),
  };
}

/** Begins a transaction that reads everything as it is now. */
export const SNAPSHOT = [
  'set transaction isolation level repeatable read',
  'start transaction with consistent snapshot, read only',
];

function between(beginning: readonly string[], pool: mysql.Pool): DatabasePool['transact'] {
  // One handle per connection for as long as it lives: statements prepared on it (`statement.ts`) are made once.
  const handles = new WeakMap<object, MySql2Database>();
  const handleOf = (connection: mysql.PoolConnection): MySql2Database => {
    const known = handles.get(connection.connection);
    if (known) return known;
    const handle = drizzle({ client: connection, casing: 'snake_case' });
    handles.set(connection.connection, handle);
    keepOrder(driverOf(connection));
    return handle;
  };
  return async (work) => {
    const pooled = await acquire(pool);
    const connection = driverOf(pooled);
    const handle = handleOf(pooled);
    try {
      // Not awaited yet, so that it travels with what the work begins with.
      const begun = Promise.all(beginning.map((statement) => sendTogether(connection, statement)));
      begun.catch(() => undefined);
      const ending = await work(handle);
      await begun;
      const [result] = await Promise.all([finished(ending), sendTogether(connection, 'commit')]);
      pooled.release();
      return result;
    } catch (error) {
      // A connection that cannot even roll back is broken; the server has rolled back when it is gone.
      await sendTogether(connection, 'rollback').then(
        () => pooled.release(),
        () => pooled.destroy(),
      );
      throw error;
    }
  };
}

/** The connection under the promise wrapper, which records a stack trace at every call; its type says it was the wrapper. */
const driverOf = (pooled: mysql.PoolConnection): Connection => pooled.connection as unknown as Connection;

/** mysql2 waits for ever for a free connection; a caller does not. */
async function acquire(pool: mysql.Pool): Promise<mysql.PoolConnection> {
  const waiting = pool.getConnection();
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(Object.assign(new Error('no free connection'), { code: 'POOL_TIMEOUT' })),
    ACQUIRE_TIMEOUT,
  );
  try {
    return await Promise.race([waiting, late]);
  } catch (error) {
    // It may still come: then nobody needs it.
    waiting.then(
      (connection) => connection.release(),
      () => undefined,
    );
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** Options that every connection of ours shares, for the pool and for one-off connections (migrations, shells). */
export function connectionOptions(url: string): { options: mysql.ConnectionOptions; database: string } {
  const parsed = new URL(url);
  const database = decodeURIComponent(parsed.pathname.slice(1));
  const socketPath = parsed.searchParams.get('socket');
  const options: mysql.ConnectionOptions = {
    user: decodeURIComponent(parsed.username) || 'root',
    password: decodeURIComponent(parsed.password),
    ...(database ? { database } : {}),
    ...(socketPath
      ? { socketPath }
      : { host: parsed.hostname.replace(/^\[|\]$/g, ''), port: Number(parsed.port || 3306) }),
    charset: 'utf8mb4',
    timezone: 'Z',
    dateStrings: true,
    supportBigNumbers: true,
    connectTimeout: 10_000,
  };
  return { options, database };
}

/** What every connection starts with; sql_mode is stated so that MySQL and MariaDB judge data alike. */
export const SESSION = [
  "SET time_zone = '+00:00', sql_mode = 'ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'",
  'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED',
];
