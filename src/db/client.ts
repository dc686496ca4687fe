import { drizzle, type MySql2Database } from 'drizzle-orm/mysql2';
import mysql from 'mysql2/promise';

/** The pool's handle, or a transaction's: verbs take either and cannot tell which. */
export type Database = Pick<
  MySql2Database,
  'select' | 'selectDistinct' | 'insert' | 'update' | 'delete' | 'execute' | 'with' | '$count'
>;

/** A connected pool. Times are stored and read as UTC; `close` waits for the connections to end. */
export type DatabasePool = {
  db: MySql2Database;
  pool: mysql.Pool;
  close: () => Promise<void>;
};

/**
 * Opens the pool. A connection's session is UTC, strict, and READ COMMITTED, so that a read after a row lock
 * sees what the lock's last holder committed (no gap locks, fewer deadlocks).
 */
export function connectDatabase(url: string, poolSize: number): DatabasePool {
  const { options } = connectionOptions(url);
  const pool = mysql.createPool({
    ...options,
    connectionLimit: poolSize,
    maxIdle: poolSize,
    queueLimit: poolSize * 200,
    enableKeepAlive: true,
  });
  pool.on('connection', (connection) => {
    // mysql2 sends queued commands of one connection in order, so this precedes the caller's first query.
    for (const statement of SESSION) void connection.query(statement);
  });
  return { db: drizzle({ client: pool, casing: 'snake_case' }), pool, close: () => pool.end() };
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
