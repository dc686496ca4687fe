import type { BrokerEndpoint } from './bunqueue-client.ts';
import type { QueueBackend } from './port.ts';

/** Which engine, and where: plain data, so that a worker thread can be told. */
export type BackendSpec = { kind: 'bullmq'; url: string } | ({ kind: 'bunqueue' } & BrokerEndpoint);

/** Loads the engine's library and returns the backend; connects to nothing yet. */
export async function openBackend(spec: BackendSpec): Promise<QueueBackend> {
  if (spec.kind === 'bullmq') return (await import('./bullmq.ts')).bullmqBackend(spec.url);
  const { kind: _, ...endpoint } = spec;
  return (await import('./bunqueue.ts')).bunqueueBackend(endpoint);
}
