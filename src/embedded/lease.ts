import { Database, SQLiteError } from 'bun:sqlite';

/*
 * Locks between processes. SQLite's file locks are the kernel's: they end with the process that held them, however
 * it ended, so there are no stale pids to judge.
 */

/** A share in something that several processes use; `release` tells whether nobody else holds one. */
export type Lease = { release: () => { wasLast: boolean } };

/** Runs `work` while no other process or caller is inside `exclusively` on the same file. */
export async function exclusively<T>(file: string, work: () => Promise<T>): Promise<T> {
  const lock = new Database(file);
  try {
    lock.run('PRAGMA busy_timeout = 0');
    while (!tryBegin(lock)) await Bun.sleep(50);
    return await work();
  } finally {
    lock.close();
  }
}

/** Takes a share. Take and release it inside {@link exclusively}, or two leavers may both be told they were not last. */
export function takeLease(file: string): Lease {
  const shared = new Database(file);
  shared.run('PRAGMA busy_timeout = 1000');
  shared.run('BEGIN');
  shared.query('SELECT count(*) FROM sqlite_schema').get();
  return {
    release: () => {
      shared.run('ROLLBACK');
      try {
        shared.run('PRAGMA busy_timeout = 0');
        return { wasLast: tryBegin(shared) };
      } finally {
        shared.close();
      }
    },
  };
}

function tryBegin(database: Database): boolean {
  try {
    database.run('BEGIN EXCLUSIVE');
    return true;
  } catch (error) {
    if (error instanceof SQLiteError && error.code?.startsWith('SQLITE_BUSY')) return false;
    throw error;
  }
}
