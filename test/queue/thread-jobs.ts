import * as v from 'valibot';
import { defineJob } from '../../src/queue/define.ts';
import type { RegisteredJob } from '../../src/queue/registry.ts';

const handlers = () => import('./thread-handlers.ts');

/** Ends its thread in the given way. */
export const misbehave = defineJob({
  name: 'misbehave',
  queue: 'exports',
  data: v.object({ how: v.picklist(['throw', 'reject', 'exit']) }),
  handler: async () => ({ handle: (await handlers()).misbehave }),
});

/** Writes a file after a while. */
export const write = defineJob({
  name: 'write',
  queue: 'exports',
  data: v.object({ path: v.string(), afterMs: v.number() }),
  handler: async () => ({ handle: (await handlers()).write }),
});

/** Fails, with its payload in the error. */
export const leak = defineJob({
  name: 'leak',
  queue: 'exports',
  data: v.object({ diagnosis: v.string() }),
  attempts: 1,
  handler: async () => ({ handle: (await handlers()).leak }),
});

export const THREAD_JOBS: readonly RegisteredJob[] = [misbehave, write, leak];
