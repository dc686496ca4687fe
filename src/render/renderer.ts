import { AppError } from '../errors.ts';
import type { Document } from './document.ts';
import type { Format } from './formats.ts';
import type { Rendered, RenderRequest } from './render-thread.ts';

/** Renders files that somebody waits for, off the request thread. */
export type Renderer = {
  /**
   * Ends early with `signal`, and after `patienceMs`.
   * @throws AppError EXTERNAL_SERVICE_ERROR when too many wait already, or when it takes too long
   */
  render: (
    document: Document,
    format: Format,
    signal: AbortSignal,
    patienceMs?: number,
  ) => Promise<Uint8Array>;
  /** Makes a thread ready, so that the first file takes no longer than others. */
  warm: () => Promise<void>;
};

const ENTRY = new URL('./render-thread.ts', import.meta.url).href;

type Limits = { threads: number; waiting: number; timeoutMs: number };
const LIMITS: Limits = { threads: 2, waiting: 20, timeoutMs: 30_000 };

/** A pool of threads that start when they are first needed; a process that has nothing else to do ends all the same. */
export function createRenderer({ threads, waiting, timeoutMs }: Limits = LIMITS): Renderer {
  const idle: Worker[] = [];
  const queue: (() => void)[] = [];
  let running = 0;

  /** @throws AppError, or what `signal` was aborted with */
  async function turn(signal: AbortSignal): Promise<void> {
    if (running < threads) {
      running += 1;
      return;
    }
    if (queue.length >= waiting) throw new AppError('EXTERNAL_SERVICE_ERROR', undefined, 5);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const leave = () => {
      queue.splice(queue.indexOf(resolve), 1);
      reject(signal.reason);
    };
    queue.push(resolve);
    signal.addEventListener('abort', leave, { once: true });
    await promise;
    signal.removeEventListener('abort', leave);
  }

  /** Lets the next in, who takes over the place. */
  function done(): void {
    const next = queue.shift();
    if (next) next();
    else running -= 1;
  }

  const renderer: Renderer = {
    async render(document, format, caller, patienceMs = timeoutMs) {
      const signal = AbortSignal.any([caller, AbortSignal.timeout(patienceMs)]);
      try {
        signal.throwIfAborted();
        await turn(signal);
      } catch (error) {
        throw caller.aborted ? error : busy(error);
      }
      const worker = idle.pop() ?? startThread();
      try {
        const file = await ask(worker, { document, format }, signal);
        idle.push(worker);
        return file;
      } catch (error) {
        worker.terminate();
        throw caller.aborted ? error : busy(error);
      } finally {
        done();
      }
    },
    async warm() {
      const { signal } = new AbortController();
      for (const format of WARMED) await renderer.render(SAMPLE, format, signal);
    },
  };
  return renderer;
}

/** The forms that people ask for most. */
const WARMED: readonly Format[] = ['a4', 'xlsx', 'a4', 'xlsx'];
const SAMPLE: Document = {
  language: 'es',
  currency: 'PEN',
  company: [],
  title: '',
  facts: [],
  logo: null,
  tables: [
    {
      title: '',
      columns: (['text', 'time', 'money'] as const).map((type) => ({
        label: '',
        type,
        width: 20,
        align: 'left',
      })),
      rows: Array.from({ length: 200 }, () => ['María José Quispe Ñáñez', '10:30', '50.00']),
      totals: null,
    },
  ],
};

const busy = (error: unknown): unknown =>
  error instanceof DOMException ? new AppError('EXTERNAL_SERVICE_ERROR', undefined, 5) : error;

function startThread(): Worker {
  const worker = new Worker(ENTRY);
  (worker as unknown as { unref: () => void }).unref();
  // What was wrong is told by `ask`; the event's message may quote a cell.
  worker.addEventListener('error', (event) => event.preventDefault());
  return worker;
}

function ask(worker: Worker, request: RenderRequest, signal: AbortSignal): Promise<Uint8Array> {
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
  const over = new AbortController();
  const once = { once: true, signal: over.signal };
  worker.addEventListener(
    'message',
    ({ data }: MessageEvent<Rendered>) =>
      'file' in data ? resolve(data.file) : reject(new Error(`rendering failed: ${data.failed}`)),
    once,
  );
  worker.addEventListener('close', () => reject(new Error('the rendering thread has ended')), once);
  signal.addEventListener('abort', () => reject(signal.reason), once);
  worker.postMessage(request);
  return promise.finally(() => over.abort());
}
