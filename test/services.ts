import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import mysql from 'mysql2/promise';
import { createClient } from 'redis';
import { connectionOptions } from '../src/db/client.ts';
import { migrate } from '../src/db/migrate.ts';
import { cloneDatabase } from './clone.ts';

/** A database of the caller's own on the test run's server; `adminUrl` is that server without a database. */
export type TestDatabase = { url: string; adminUrl: string; name: string };

type Services = { databaseUrl: string; redisUrl: string };

const MIGRATIONS = fileURLToPath(new URL('../drizzle', import.meta.url));

let started: Promise<Services> | undefined;
let template: Promise<string> | undefined;

/**
 * A fresh database, migrated unless `empty`. The server is the one of `test/run.ts`, or of TEST_DATABASE_URL, or a
 * private one that lives as long as this process.
 */
export async function testDatabase(options: { empty?: boolean } = {}): Promise<TestDatabase> {
  const { databaseUrl } = await services();
  const worker = process.env['JEST_WORKER_ID'] ?? '0';
  const name = `test_${worker}_${crypto.randomUUID().slice(0, 13).replace('-', '')}`;
  const adminUrl = withPath(databaseUrl, '');
  const url = withPath(databaseUrl, name);
  await createDatabase(adminUrl, name);
  if (options.empty !== true)
    await cloneDatabase(adminUrl, await (template ??= migratedTemplate(adminUrl)), name);
  return { url, adminUrl, name };
}

/** An empty Redis database of the caller's own. Note that publish/subscribe crosses the databases of one server. */
export async function testRedis(): Promise<string> {
  const { redisUrl } = await services();
  const client = await createClient({ url: redisUrl }).connect();
  const index = await client.incr('databases-given-away');
  client.destroy();
  return `${redisUrl}/${index}`;
}

/** The services of `test/run.ts`, or else our own: their host stops them when this process ends, however it ends. */
export function services(): Promise<Services> {
  const databaseUrl = process.env['TEST_DATABASE_URL'];
  const redisUrl = process.env['TEST_REDIS_URL'];
  return (started ??=
    databaseUrl !== undefined && redisUrl !== undefined
      ? Promise.resolve({ databaseUrl, redisUrl })
      : startServices().then(({ urls }) => urls));
}

/** Starts the host of the private services; they live until `stop`, or until this process ends. */
export async function startServices(): Promise<{ urls: Services; stop: () => Promise<void> }> {
  const host = Bun.spawn([process.execPath, fileURLToPath(new URL('services-host.ts', import.meta.url))], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  host.unref();
  const { value: line } = await host.stdout.getReader().read();
  if (line === undefined) throw new Error(`the test services did not start (exit code ${await host.exited})`);
  return {
    urls: JSON.parse(new TextDecoder().decode(line)),
    stop: async () => {
      await host.stdin.end();
      await host.exited;
    },
  };
}

/** The database that new ones are copied from, one for each state of the migrations; whoever comes first fills it. */
async function migratedTemplate(adminUrl: string): Promise<string> {
  const hasher = new Bun.CryptoHasher('sha256');
  for (const file of readdirSync(MIGRATIONS, { withFileTypes: true })) {
    if (file.isFile()) hasher.update(readFileSync(`${MIGRATIONS}/${file.name}`));
  }
  const name = `test_template_${hasher.digest('hex').slice(0, 16)}`;
  await createDatabase(adminUrl, name);
  await migrate(withPath(adminUrl, name), { info: () => undefined, warn: () => undefined });
  return name;
}

async function createDatabase(adminUrl: string, name: string): Promise<void> {
  const connection = await mysql.createConnection(connectionOptions(adminUrl).options);
  await connection.query(
    `CREATE DATABASE IF NOT EXISTS ${name} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci`,
  );
  await connection.end();
}

function withPath(base: string, database: string): string {
  const url = new URL(base);
  url.pathname = `/${database}`;
  return url.href;
}
