import { afterEach, expect, setDefaultTimeout, test } from 'bun:test';
import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type EmbeddedBroker, startEmbeddedBroker } from '../../src/embedded/broker.ts';
import { bunqueueBackend } from '../../src/queue/bunqueue.ts';
import type { NewJob } from '../../src/queue/port.ts';
import { brokerPid, killBroker, silent, tempDir } from './engines.ts';
import { until } from './until.ts';

setDefaultTimeout(30_000);

let ends: (() => Promise<unknown> | void)[] = [];
afterEach(async () => {
  for (const end of ends.toReversed()) await end();
  ends = [];
});

const dataDir = () => {
  const dir = tempDir();
  ends.push(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
};
const start = async (dir: string): Promise<EmbeddedBroker> => {
  const broker = await startEmbeddedBroker({ dataDir: dir, log: silent });
  ends.push(broker.stop);
  return broker;
};
const jobs = (count: number): NewJob[] =>
  Array.from({ length: count }, (_, index) => ({
    id: `job-${index}`,
    name: 'task',
    data: {},
    attempts: 1,
    backoff: { delay: 50, max: 100 },
  }));
/** A process of the service that shares the broker, and does not say goodbye. */
const otherOwner = async (dir: string) => {
  const child = Bun.spawn([process.execPath, `${import.meta.dir}/broker-owner.ts`, dir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  ends.push(() => child.kill('SIGKILL'));
  const { value } = await child.stdout.getReader().read();
  return { child, port: Number(new TextDecoder().decode(value)) };
};

test('a killed broker is started again on its port, and no job is lost', async () => {
  const dir = dataDir();
  const { endpoint } = await start(dir);
  const backend = bunqueueBackend(endpoint);
  const producer = await backend.producer();
  await producer.add('exports', jobs(50));
  const first = brokerPid(dir);
  killBroker(dir);
  const second = await until('a new broker', () => {
    const pid = brokerPid(dir);
    return pid === first ? undefined : pid;
  });
  expect(second).not.toBe(first);
  await until('the connection to heal', () =>
    producer.ping().then(
      () => true,
      () => false,
    ),
  );
  expect((await producer.counts('exports')).waiting).toBe(50);
  const ran = new Set<string>();
  const consumer = await backend.consume('exports', {
    concurrency: 10,
    lockDuration: 5_000,
    process: async ({ id }) => void ran.add(id),
    onError: () => {},
  });
  await until('all jobs', () => ran.size === 50);
  await consumer.close();
  await producer.close();
});

test('a job that runs while the broker is killed is completed, once, when its end can be told', async () => {
  const dir = dataDir();
  const { endpoint } = await start(dir);
  const backend = bunqueueBackend(endpoint);
  const producer = await backend.producer();
  const attempts: number[] = [];
  const consumer = await backend.consume('exports', {
    concurrency: 2,
    lockDuration: 5_000,
    process: async ({ attempt }) => {
      attempts.push(attempt);
      await Bun.sleep(600);
    },
    onError: () => {},
  });
  await producer.add('exports', jobs(1));
  await until('it to run', () => attempts.length === 1);
  killBroker(dir);
  await until('it to be completed', () =>
    producer.counts('exports').then(
      ({ completed }) => completed,
      () => 0,
    ),
  );
  expect(attempts).toEqual([1]);
  await consumer.close();
  await producer.close();
});

test('it answers only to those who know its token, and its files are for this user only', async () => {
  const dir = dataDir();
  const { endpoint } = await start(dir);
  const stranger = await bunqueueBackend({ ...endpoint, token: 'guess' }).producer();
  expect(await stranger.ping().catch((error: Error) => error.message)).toContain('not reachable');
  await stranger.close();
  expect(statSync(join(dir, 'queue')).mode & 0o077).toBe(0);
  expect(statSync(join(dir, 'queue', 'endpoint.json')).mode & 0o077).toBe(0);
});

test('two processes share one broker; when the first goes, the second keeps it running', async () => {
  const dir = dataDir();
  const { child, port } = await otherOwner(dir);
  const pid = brokerPid(dir);
  const { endpoint } = await start(dir);
  expect(endpoint.port).toBe(port);
  expect(brokerPid(dir)).toBe(pid);
  child.kill('SIGKILL');
  await child.exited;
  killBroker(dir);
  await until('the survivor to start it again', () => ![undefined, pid].includes(brokerPid(dir)));
  const producer = await bunqueueBackend(endpoint).producer();
  await until('it to answer', () =>
    producer.ping().then(
      () => true,
      () => false,
    ),
  );
  await producer.close();
});

test('the last to stop ends the broker, not the first', async () => {
  const dir = dataDir();
  const first = await start(dir);
  const second = await start(dir);
  const pid = brokerPid(dir);
  await first.stop();
  expect(brokerPid(dir)).toBe(pid);
  await second.stop();
  expect(brokerPid(dir)).toBeUndefined();
});

test('a broker that a crashed process left behind is replaced, on the same port and with its jobs', async () => {
  const dir = dataDir();
  const { child, port } = await otherOwner(dir);
  const stale = brokerPid(dir);
  child.kill('SIGKILL');
  await child.exited;
  expect(brokerPid(dir)).toBe(stale);
  const { endpoint } = await start(dir);
  expect(endpoint.port).toBe(port);
  expect([undefined, stale]).not.toContain(brokerPid(dir));
});

test('a taken port is not waited for: the broker starts on another one', async () => {
  const dir = dataDir();
  const squatter = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data() {} } });
  ends.push(() => squatter.stop(true));
  const { port } = squatter;
  mkdirSync(join(dir, 'queue'));
  const last = { host: '127.0.0.1', port, token: 'of-the-last-run' };
  writeFileSync(join(dir, 'queue', 'endpoint.json'), JSON.stringify(last));
  const { endpoint } = await start(dir);
  expect(endpoint.token).toBe(last.token);
  expect(endpoint.port).not.toBe(port);
});
