import { parentPort } from 'node:worker_threads';
import type { Logger } from 'pino';
import type { BreakerState, Provider } from '../breakers.ts';
import type { Services } from '../context.ts';
import { openBackend } from './backend.ts';
import { type JobReport, startConsumer } from './consumer.ts';
import { describeFailure } from './failure.ts';
import type { RegisteredJob } from './registry.ts';
import { forwardingLogger } from './thread-log.ts';
import type { FromThread, ThreadStart, ToThread } from './thread-messages.ts';
import { yieldToRequests } from './thread-priority.ts';

/** Makes the services of one thread, with a database pool of `start.poolSize`; `close` ends its connections. */
export type OpenServices = (
  start: ThreadStart,
  tools: {
    log: Logger;
    wakeRelay: () => void;
    announce: () => void;
    onBreaker: (provider: Provider, state: BreakerState) => void;
  },
) => Promise<{ services: Services; close: () => Promise<void> }>;

/** The whole life of a worker thread: waits for `start`, runs the queue's jobs, and ends on `close`. */
export function serveThread(jobs: readonly RegisteredJob[], openServices: OpenServices): void {
  const port = parentPort;
  if (port === null) throw new Error('This is the entry of a worker thread');
  const send = (message: FromThread) => port.postMessage(message);
  const tell = gathered<JobReport>((reports) => send({ kind: 'reports', reports }));
  yieldToRequests();

  let opened: ReturnType<typeof open> | undefined;
  const open = async (start: ThreadStart) => {
    const log = forwardingLogger(start.config.logLevel, (line) => send({ kind: 'log', line }));
    endOnUncaught(log);
    const { services, close } = await openServices(start, {
      log,
      wakeRelay: () => send({ kind: 'wake' }),
      announce: () => send({ kind: 'live' }),
      onBreaker: (provider, state) => {
        log.warn({ provider, state }, 'circuit of a provider');
        send({ kind: 'breaker', provider, state });
      },
    });
    const { queue, concurrency, lockDuration } = start;
    const consumer = await startConsumer(await openBackend(start.backend), services, {
      queue,
      jobs,
      concurrency,
      lockDuration,
      onReport: tell.add,
    });
    send({ kind: 'ready' });
    return { consumer, close };
  };
  const close = async () => {
    const running = await opened;
    await running?.consumer.close();
    await running?.close();
    tell.now();
    send({ kind: 'closed' });
  };

  port.on('message', (message: ToThread) => {
    if (message.kind === 'start') opened = open(message.start);
    else void close();
  });
}

/** A message to the main thread costs both as much as a query: what can wait goes together, after so many ms. */
const GATHERING = 100;

function gathered<T>(send: (all: T[]) => void) {
  const all: T[] = [];
  let timer: Timer | undefined;
  const now = () => {
    clearTimeout(timer);
    timer = undefined;
    if (all.length > 0) send(all.splice(0));
  };
  return {
    add: (one: T) => {
      all.push(one);
      timer ??= setTimeout(now, GATHERING);
    },
    now,
  };
}

/** An error that nobody caught leaves the thread in an unknown state: say what it was, and let it be started anew. */
function endOnUncaught(log: Logger): void {
  const end = (error: unknown) => {
    log.fatal(describeFailure(error), 'uncaught error in a worker thread');
    process.exit(1);
  };
  process.on('uncaughtException', end);
  process.on('unhandledRejection', end);
}
