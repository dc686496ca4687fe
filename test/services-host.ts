import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedDatabase } from '../src/embedded/database.ts';
import { operatorLog } from './log.ts';
import { startRedis } from './redis.ts';

/*
 * Runs a test run's private services: prints their URLs as one line of JSON, and stops them when its standard input
 * ends, which it does however the process that started it came to its end.
 */

const FAST = [
  '--innodb-flush-log-at-trx-commit=0',
  '--innodb-flush-method=nosync',
  '--innodb-buffer-pool-size=128M',
  '--skip-innodb-doublewrite',
];

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => undefined);
const directory = mkdtempSync(join(tmpdir(), 'clinic-test-'));
const given = process.env['TEST_DATABASE_URL'];
const running: { stop: () => Promise<void> }[] = [];
let exitCode = 0;
try {
  let databaseUrl = given;
  if (given === undefined || given === '') {
    const database = await startEmbeddedDatabase({ dataDir: directory, log: operatorLog, tuning: FAST });
    running.push(database);
    databaseUrl = database.url;
  }
  const redis = await startRedis(directory);
  running.push(redis);
  await Bun.write(Bun.stdout, `${JSON.stringify({ databaseUrl, redisUrl: redis.url })}\n`);
  await Bun.stdin.text();
} catch (error) {
  operatorLog.error(error instanceof Error ? error.message : String(error));
  exitCode = 1;
} finally {
  await Promise.all(running.map((service) => service.stop()));
  rmSync(directory, { recursive: true, force: true });
}
process.exit(exitCode);
