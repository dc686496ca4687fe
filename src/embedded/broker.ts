import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Logger } from 'pino';
import * as v from 'valibot';
import type { BrokerEndpoint } from '../queue/bunqueue-client.ts';
import { KEEP } from '../queue/limits.ts';
import { EmbeddedServiceError } from './errors.ts';
import { type Lease, exclusively, takeLease } from './lease.ts';
import { findProcess, isProcess } from './processes.ts';

/** The private queue broker. It is shared by all our processes on one data directory; the last `stop` ends it. */
export type EmbeddedBroker = { endpoint: BrokerEndpoint; stop: () => Promise<void> };

type Options = {
  /** The service's data directory; the broker's SQLite file lives in its `queue` folder. */
  dataDir: string;
  log: Pick<Logger, 'info' | 'warn' | 'error'>;
};

type Site = { log: Options['log']; home: string; jobs: string; leases: string; mutex: string };

const HOST = '127.0.0.1';
const START_TIMEOUT = 60_000;
const STOP_GRACE = 10_000;
const WATCH_INTERVAL = 250;
const LONGEST_PAUSE = 30_000;
/** A broker that lives this long has started well, in ms. */
const SETTLED = 10_000;

/**
 * Starts the broker of this data directory, or joins the one that another live process of ours runs there; one that
 * a crashed process left behind is replaced. A broker that dies is started again on the same port until `stop`, by
 * whichever process sees it first.
 * @throws EmbeddedServiceError when the broker does not start.
 */
export async function startEmbeddedBroker({ dataDir, log }: Options): Promise<EmbeddedBroker> {
  mkdirSync(join(dataDir, 'queue'), { recursive: true, mode: 0o700 });
  const home = realpathSync(join(dataDir, 'queue'));
  const file = (name: string) => join(home, name);
  const site: Site = {
    log,
    home,
    jobs: file('jobs.sqlite'),
    leases: file('owners.lock'),
    mutex: file('starting.lock'),
  };
  const { lease, endpoint, pid } = await exclusively(site.mutex, async () => {
    if (takeLease(site.leases).release().wasLast) await terminate(site); // nobody alive uses what runs there
    const endpoint = findProcess(site.jobs) === undefined ? chooseEndpoint(site) : readEndpoint(site);
    if (endpoint === undefined) throw failure(site, 'has lost its endpoint file');
    const lease = takeLease(site.leases);
    try {
      return { lease, endpoint, pid: await bringUp(site, endpoint) };
    } catch (error) {
      lease.release();
      throw error;
    }
  });
  return { endpoint, stop: keepRunning(site, endpoint, lease, pid) };
}

const Endpoint = v.object({ host: v.string(), port: v.number(), token: v.string() });
const endpointFile = (site: Site) => join(site.home, 'endpoint.json');

function readEndpoint(site: Site): BrokerEndpoint | undefined {
  if (!existsSync(endpointFile(site))) return undefined;
  const parsed = v.safeParse(
    v.pipe(v.string(), v.parseJson(), Endpoint),
    readFileSync(endpointFile(site), 'utf8'),
  );
  return parsed.success ? parsed.output : undefined;
}

/** The endpoint of the last run while its port is free, a new one otherwise. */
function chooseEndpoint(site: Site): BrokerEndpoint {
  const last = readEndpoint(site);
  const port = freePort(last?.port ?? 0) ?? freePort(0);
  if (port === undefined) throw failure(site, 'found no free port');
  const endpoint = { host: HOST, port, token: last?.token ?? randomBytes(32).toString('hex') };
  writeFileSync(endpointFile(site), JSON.stringify(endpoint), { mode: 0o600 });
  return endpoint;
}

/** The port itself (0: any) when it can be bound, else undefined. */
function freePort(port: number): number | undefined {
  try {
    const listener = Bun.listen({ hostname: HOST, port, socket: { data() {} } });
    const found = listener.port;
    listener.stop(true);
    return found;
  } catch {
    return undefined;
  }
}

/** Called inside the mutex only. Returns the pid of a broker that answers. */
async function bringUp(site: Site, endpoint: BrokerEndpoint): Promise<number> {
  const found = findProcess(site.jobs);
  const pid = found ?? launch(site, endpoint);
  const started = Date.now();
  while (!(await answers(endpoint))) {
    const age = Date.now() - started;
    // A child that has not reached its exec yet carries our own arguments, so wait a moment before judging it dead.
    if (age > 1_000 && !isProcess(pid, site.jobs)) throw failure(site, 'ended while starting');
    if (age > START_TIMEOUT) throw failure(site, 'does not answer');
    await Bun.sleep(20);
  }
  const { port } = endpoint;
  site.log.info({ pid, port }, `queue broker ${found === undefined ? 'started' : 'found running'}`);
  return pid;
}

/** In a process group of its own (a Ctrl-C is for us, not for it), and with nothing of our environment or secrets. */
function launch(site: Site, { port, token }: BrokerEndpoint): number {
  const cli = fileURLToPath(new URL('../cli/index.js', import.meta.resolve('bunqueue/client')));
  const httpPort = freePort(0);
  const options = {
    host: HOST,
    'tcp-port': port,
    'http-port': httpPort,
    'data-path': site.jobs,
    'completed-retention-ms': KEEP.completedMs,
    'max-completed-jobs': KEEP.completedCount,
  };
  const flags = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const child = Bun.spawn([process.execPath, cli, 'start', ...flags], {
    cwd: site.home,
    detached: true,
    stdio: ['ignore', 'ignore', Bun.file(join(site.home, 'broker.log'))],
    env: {
      PATH: process.env['PATH'],
      AUTH_TOKENS: token,
      SHUTDOWN_TIMEOUT_MS: '1000',
      LOG_LEVEL: 'warn',
      // The default, 10,000 commands a minute from one client, is less than one busy worker sends.
      RATE_LIMIT_WINDOW_MS: '1000',
      RATE_LIMIT_MAX_REQUESTS: '1000000',
    },
  });
  child.unref();
  return child.pid;
}

async function answers({ host, port }: BrokerEndpoint): Promise<boolean> {
  try {
    const socket = await Bun.connect({ hostname: host, port, socket: { data() {} } });
    socket.end();
    return true;
  } catch {
    return false;
  }
}

/** Ends the broker of this data directory, proven to be it by its arguments, and waits until it has gone. */
async function terminate(site: Site): Promise<void> {
  const pid = findProcess(site.jobs);
  if (pid === undefined) return;
  signal(site, pid, 'SIGTERM');
  const started = Date.now();
  while (isProcess(pid, site.jobs)) {
    if (Date.now() - started > STOP_GRACE) signal(site, pid, 'SIGKILL');
    await Bun.sleep(20);
  }
}

function signal(site: Site, pid: number, name: NodeJS.Signals): void {
  try {
    if (isProcess(pid, site.jobs)) process.kill(pid, name);
  } catch {
    // It has ended by itself.
  }
}

/** Starts the broker again when it dies; returns the function that ends this and our share of the broker. */
function keepRunning(site: Site, endpoint: BrokerEndpoint, lease: Lease, firstPid: number) {
  let pid = firstPid;
  let bornAt = Date.now();
  let pause = WATCH_INTERVAL;
  let stopping: Promise<void> | undefined;
  let check = Promise.resolve();

  const watch = async () => {
    if (isProcess(pid, site.jobs)) return;
    site.log.warn({ pid }, 'the queue broker has died; starting it again');
    pause = Date.now() - bornAt > SETTLED ? WATCH_INTERVAL : Math.min(pause * 2, LONGEST_PAUSE);
    bornAt = Date.now();
    try {
      pid = await exclusively(site.mutex, () => bringUp(site, endpoint));
    } catch (error) {
      site.log.error({ err: error }, 'the queue broker could not be started again');
    }
  };
  const schedule = (): Timer =>
    setTimeout(() => {
      check = watch().finally(() => {
        if (stopping === undefined) timer = schedule();
      });
    }, pause).unref();
  let timer = schedule();

  // A process that exits without calling `stop` cannot wait, but it can say goodbye.
  const atExit = () => {
    if (!existsSync(site.home)) signal(site, pid, 'SIGKILL');
    else if (lease.release().wasLast) signal(site, pid, 'SIGTERM');
  };
  process.once('exit', atExit);

  const stop = async () => {
    clearTimeout(timer);
    await check;
    process.off('exit', atExit);
    // Its folder was taken away: there is nothing left to write down, and nobody to agree with.
    if (!existsSync(site.home)) return signal(site, pid, 'SIGKILL');
    await exclusively(site.mutex, async () => {
      if (lease.release().wasLast) await terminate(site);
    });
  };
  return () => (stopping ??= stop());
}

const failure = (site: Site, what: string) =>
  new EmbeddedServiceError(`The queue broker ${what}; see ${join(site.home, 'broker.log')}.`);
