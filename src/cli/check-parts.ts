import { constants } from 'node:fs';
import { access, mkdir } from 'node:fs/promises';
import { createClient } from 'redis';
import { guardOf } from '../access/guard.ts';
import type { Config } from '../config.ts';
import { error, type Finding, ok } from './finding.ts';
import { offlineApp } from './runtime.ts';

/** Whether files can be written. */
export async function checkStorage({ storageDir }: Config): Promise<Finding[]> {
  try {
    await mkdir(storageDir, { recursive: true, mode: 0o700 });
    await access(storageDir, constants.W_OK);
    return [ok(`storage: ${storageDir} can be written`)];
  } catch {
    return [error(`storage: STORAGE_DIR ${storageDir} cannot be written by this user`)];
  }
}

/** Whether Redis answers, where one is configured. */
export async function checkRedis({ redisUrl }: Config): Promise<Finding[]> {
  if (redisUrl === undefined) return [ok('queue: embedded (REDIS_URL is not set)')];
  const client = createClient({ url: redisUrl, socket: { connectTimeout: 5_000, reconnectStrategy: false } });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const [, version = ''] = /redis_version:(\S+)/.exec(await client.info('server')) ?? [];
    return [ok(`queue: Redis ${version}`)];
  } catch {
    return [error('queue: the Redis of REDIS_URL does not answer')];
  } finally {
    client.destroy();
  }
}

/** Whether every route says who may use it, in words that the policy file knows. */
export async function checkRoutes(config: Config): Promise<Finding[]> {
  try {
    const { app } = await offlineApp(config);
    const open = app.routes.filter((route) => guardOf(route).kind === 'public').length;
    return [ok(`routes: ${app.routes.length}, of which ${open} are public`)];
  } catch (failure) {
    return [error(`routes: ${failure instanceof Error ? failure.message : String(failure)}`)];
  }
}
