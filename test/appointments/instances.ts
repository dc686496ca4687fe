import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Answer, TestApp } from '../harness.ts';
import { until } from '../queue/until.ts';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

export type Instance = {
  url: string;
  request: (method: string, path: string, token: string, body?: unknown) => Promise<Reply>;
};
export type Reply = Pick<Answer, 'status' | 'json'>;

/** Real server processes on the test app's database and one data directory; `stop` as an operator would. */
export async function startInstances(app: TestApp, count: number, env: Record<string, string> = {}) {
  const directory = mkdtempSync(join(tmpdir(), 'clinic-instances-'));
  const processes = Array.from({ length: count }, () =>
    Bun.spawn([process.execPath, 'run', MAIN], {
      env: {
        PATH: process.env['PATH'] ?? '',
        HOME: process.env['HOME'] ?? '',
        DATABASE_URL: app.database.url,
        SECRET_KEY: app.config.secretKey ?? '',
        STORAGE_DIR: directory,
        HOST: '127.0.0.1',
        PORT: '0',
        LOG_LEVEL: 'error',
        NOTIFICATION_THREADS: '0',
        ...env,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    }),
  );
  const stop = async () => {
    for (const child of processes) child.kill('SIGTERM');
    const codes = await Promise.all(processes.map((child) => child.exited));
    rmSync(directory, { recursive: true, force: true });
    return codes;
  };
  try {
    return { instances: await Promise.all(processes.map(listening)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Waits for the address in the process's welcome. */
async function listening(child: Bun.Subprocess<'ignore', 'pipe', 'inherit'>): Promise<Instance> {
  let output = '';
  let ended = false;
  const reading = (async () => {
    const decoder = new TextDecoder();
    for await (const chunk of child.stdout) output += decoder.decode(chunk, { stream: true });
    ended = true;
  })();
  reading.catch(() => (ended = true));
  const url = await until(
    'the address of an instance',
    () => {
      if (ended) throw new Error(`an instance did not start: ${output}`);
      return /http:\/\/[\d.]+:\d+/.exec(output)?.[0];
    },
    30_000,
  );
  return {
    url,
    request: async (method, path, token, body) => {
      const response = await fetch(`${url}${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return { status: response.status, json: await response.json() };
    },
  };
}
