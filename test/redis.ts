import { createServer } from 'node:net';
import { install, thisMachine } from '../src/embedded/install.ts';
import { planPackage } from '../src/embedded/platform.ts';
import { operatorLog } from './log.ts';

/** A Redis server of our own on a free loopback port, without persistence. `databases` is plenty: tests take one each. */
export async function startRedis(directory: string): Promise<{ url: string; stop: () => Promise<void> }> {
  if (Bun.which('redis-server') === null) {
    await install(planPackage(thisMachine(), 'redis-server', 'redis'), 'A Redis server', operatorLog);
  }
  const port = await freePort();
  const child = Bun.spawn(
    [
      'redis-server',
      `--bind 127.0.0.1 --port ${port} --databases 10000 --appendonly no --logfile redis.log`.split(' '),
      ['--save', '', '--dir', directory],
    ].flat(),
    { detached: true, stdio: ['ignore', 'ignore', 'inherit'] },
  );
  await untilListening(port, child);
  return {
    url: `redis://127.0.0.1:${port}`,
    stop: async () => {
      child.kill('SIGKILL');
      await child.exited;
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', resolve);
  await promise;
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}

async function untilListening(port: number, child: Bun.Subprocess): Promise<void> {
  while (child.exitCode === null) {
    try {
      const socket = await Bun.connect({ hostname: '127.0.0.1', port, socket: { data: () => undefined } });
      socket.end();
      return;
    } catch {
      await Bun.sleep(20);
    }
  }
  throw new Error(`redis-server ended with ${child.exitCode}`);
}
