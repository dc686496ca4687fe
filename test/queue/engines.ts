import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedBroker } from '../../src/embedded/broker.ts';
import { findProcess } from '../../src/embedded/processes.ts';
import type { BackendSpec } from '../../src/queue/backend.ts';
import { until } from './until.ts';

/** An engine of this test's own. `crash` ends it without warning, `revive` brings it back with what it had stored. */
export type Engine = {
  spec: BackendSpec;
  crash: () => Promise<void>;
  revive: () => Promise<void>;
  stop: () => Promise<void>;
};

export const silent = { info() {}, warn() {}, error() {} };

export function tempDir(): string {
  return mkdtempSync(join(tmpdir(), 'clinic-queue-'));
}

export function freePort(): number {
  const listener = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data() {} } });
  const { port } = listener;
  listener.stop(true);
  return port;
}

export async function startRedis(): Promise<Engine> {
  const dir = tempDir();
  const port = freePort();
  const launch = () =>
    Bun.spawn(
      `redis-server --port ${port} --bind 127.0.0.1 --dir ${dir} --appendonly yes --appendfsync always`.split(
        ' ',
      ),
      { stdio: ['ignore', 'ignore', 'ignore'] },
    );
  let child = launch();
  await until('redis', () => accepts(port));
  const crash = async () => {
    child.kill('SIGKILL');
    await child.exited;
  };
  return {
    spec: { kind: 'bullmq', url: `redis://127.0.0.1:${port}/0` },
    crash,
    revive: async () => {
      child = launch();
      await until('redis', () => accepts(port));
    },
    stop: async () => {
      await crash();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

export async function startBroker(): Promise<Engine> {
  const dir = tempDir();
  let broker = await startEmbeddedBroker({ dataDir: dir, log: silent });
  const spec: BackendSpec = { kind: 'bunqueue', ...broker.endpoint };
  return {
    spec,
    // Stops the supervisor too, so that the broker stays away until it is revived.
    crash: async () => {
      killBroker(dir);
      await broker.stop();
    },
    revive: async () => {
      broker = await startEmbeddedBroker({ dataDir: dir, log: silent });
    },
    stop: async () => {
      await broker.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** The broker process of a data directory, if it lives. */
export const brokerPid = (dataDir: string) => findProcess(join(dataDir, 'queue', 'jobs.sqlite'));

export function killBroker(dataDir: string): void {
  const pid = brokerPid(dataDir);
  if (pid !== undefined) process.kill(pid, 'SIGKILL');
}

export async function accepts(port: number): Promise<boolean> {
  try {
    const socket = await Bun.connect({ hostname: '127.0.0.1', port, socket: { data() {} } });
    socket.end();
    return true;
  } catch {
    return false;
  }
}
