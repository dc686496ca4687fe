import { parentPort } from 'node:worker_threads';
import { yieldToRequests } from '../queue/thread-priority.ts';
import type { Document } from './document.ts';
import type { Format } from './formats.ts';
import { render } from './render.ts';

export type RenderRequest = { document: Document; format: Format };
export type Rendered = { file: Uint8Array } | { failed: string };

// The entry of the threads that render what requests wait for: one document at a time.
const port = parentPort;
if (port === null) throw new Error('This is the entry of a worker thread');
yieldToRequests();
port.on('message', ({ document, format }: RenderRequest) => {
  render(document, format).then(
    (file) => port.postMessage({ file } satisfies Rendered, [file.buffer as ArrayBuffer]),
    // The message may quote a cell.
    (error: unknown) =>
      port.postMessage({ failed: error instanceof Error ? error.name : 'Error' } satisfies Rendered),
  );
});
