import type { Logger } from 'pino';
import type { BreakerState, Provider } from '../breakers.ts';
import type { JobReport } from './consumer.ts';
import type { QueueName } from './define.ts';
import { replay } from './thread-log.ts';
import type { FromThread, ThreadStart, ToThread } from './thread-messages.ts';

/** How a thread is doing; `since` is epoch milliseconds, `restarts` counts from the start of the process. */
export type ThreadState = {
  queue: QueueName;
  index: number;
  state: 'starting' | 'running' | 'resting' | 'closing' | 'closed';
  since: number;
  restarts: number;
  /** Circuits that the thread does not find closed. */
  breakers: Partial<Record<Provider, BreakerState>>;
};

/** The worker threads of one queue. */
export type Threads = {
  states: () => ThreadState[];
  /** Lets the running jobs finish, at most `deadlineMs`; then ends the threads. True when all finished in time. */
  drain: (deadlineMs: number) => Promise<boolean>;
};

type Options = {
  threads: number;
  start: ThreadStart;
  log: Logger;
  onReport: (report: JobReport, queue: QueueName) => void;
  /** A job has committed outbox rows: wake the relay. */
  onWake: () => void;
  /** A job has published something for the listeners: tell them on every instance. */
  onLive: () => void;
  /** The threads' entry file. */
  entry?: string;
};

const ENTRY = new URL('./thread.ts', import.meta.url).href;
const SHORTEST_REST = 200;
const LONGEST_REST = 30_000;
/** A thread that ran this long has started well, in ms. */
const SETTLED = 30_000;

/** Starts `threads` threads for `start.queue`. A thread that ends, however it ends, is started again after a rest. */
export function startThreads(options: Options): Threads {
  const all = Array.from({ length: options.threads }, (_, index) => keepRunning(index, options));
  return {
    states: () => all.map((thread) => thread.state()),
    drain: async (deadlineMs) => {
      const inTime = await Promise.all(all.map((thread) => thread.drain(deadlineMs)));
      return inTime.every(Boolean);
    },
  };
}

function keepRunning(index: number, { start, log, onReport, onWake, onLive, entry = ENTRY }: Options) {
  const { queue } = start;
  const state: ThreadState = {
    queue,
    index,
    state: 'starting',
    since: Date.now(),
    restarts: 0,
    breakers: {},
  };
  const become = (next: ThreadState['state']) => Object.assign(state, { state: next, since: Date.now() });
  const finished = Promise.withResolvers<boolean>();
  let rest = SHORTEST_REST;
  let timer: Timer | undefined;
  let worker: Worker | undefined;
  const isClosing = () => state.state === 'closing' || state.state === 'closed';

  const launch = () => {
    const startedAt = Date.now();
    become('starting');
    state.breakers = {};
    worker = new Worker(entry);
    worker.addEventListener('message', ({ data }: MessageEvent<FromThread>) => {
      if (data.kind === 'log') replay(log, data.line);
      else if (data.kind === 'reports') for (const report of data.reports) onReport(report, queue);
      else if (data.kind === 'breaker') state.breakers[data.provider] = data.state;
      else if (data.kind === 'wake') onWake();
      else if (data.kind === 'live') onLive();
      else if (data.kind === 'closed') finished.resolve(true);
      else if (!isClosing()) become('running');
    });
    // The thread has said itself what was wrong, without values; the event's message may hold some.
    worker.addEventListener('error', (event) => event.preventDefault());
    worker.addEventListener('close', () => {
      if (isClosing()) return finished.resolve(false);
      rest = Date.now() - startedAt > SETTLED ? SHORTEST_REST : Math.min(rest * 2, LONGEST_REST);
      log.error(
        { queue, thread: index, restInMs: rest },
        'a worker thread has ended; it will be started again',
      );
      become('resting');
      timer = setTimeout(() => {
        state.restarts += 1;
        launch();
      }, rest);
    });
    post({ kind: 'start', start });
  };
  const post = (message: ToThread) => worker?.postMessage(message);

  const drain = async (deadlineMs: number): Promise<boolean> => {
    const idle = state.state === 'resting';
    clearTimeout(timer);
    become('closing');
    if (idle) finished.resolve(true);
    else post({ kind: 'close' });
    const deadline = setTimeout(() => finished.resolve(false), deadlineMs);
    const inTime = await finished.promise;
    clearTimeout(deadline);
    if (!inTime) log.warn({ queue, thread: index }, 'a job was cut off; it will be run again');
    worker?.terminate();
    become('closed');
    return inTime;
  };

  launch();
  let draining: Promise<boolean> | undefined;
  return {
    state: () => ({ ...state }),
    drain: (deadlineMs: number) => (draining ??= drain(deadlineMs)),
  };
}
