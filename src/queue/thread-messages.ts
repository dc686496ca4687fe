import type { BreakerState, Provider } from '../breakers.ts';
import type { Config } from '../config.ts';
import type { BackendSpec } from './backend.ts';
import type { JobReport } from './consumer.ts';
import type { QueueName } from './define.ts';

/** All a worker thread needs to know; plain data, since it crosses to the thread by message. */
export type ThreadStart = {
  config: Config;
  secretKey: string;
  databaseUrl: string;
  /** Connections of the thread's own pool. */
  poolSize: number;
  /** The requests of the process, as they are counted (`pace.ts`). */
  requestCount: Int32Array<SharedArrayBuffer>;
  backend: BackendSpec;
  queue: QueueName;
  concurrency: number;
  /** See ConsumerOptions in port.ts, in ms. */
  lockDuration: number;
};

/** `close`: take no more jobs, finish those that run, say `closed`. */
export type ToThread = { kind: 'start'; start: ThreadStart } | { kind: 'close' };

/** `wake`: a job has committed outbox rows; `live`: it has published something for the listeners. */
export type FromThread =
  | { kind: 'ready' | 'wake' | 'live' | 'closed' }
  | { kind: 'log'; line: string }
  | { kind: 'breaker'; provider: Provider; state: BreakerState }
  | { kind: 'reports'; reports: JobReport[] };
