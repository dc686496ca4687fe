import * as v from 'valibot';
import { type BackendSpec, openBackend } from '../../src/queue/backend.ts';

// A consumer process that takes a job and never finishes it; the test kills it.
const spec: BackendSpec = v.parse(
  v.variant('kind', [
    v.object({ kind: v.literal('bullmq'), url: v.string() }),
    v.object({ kind: v.literal('bunqueue'), host: v.string(), port: v.number(), token: v.string() }),
  ]),
  JSON.parse(process.argv[2] ?? ''),
);
const backend = await openBackend(spec);
await backend.consume('imports', {
  concurrency: 1,
  lockDuration: 1_000,
  process: async () => {
    process.stdout.write('taken\n');
    await new Promise(() => {});
  },
  onError: () => {},
});
setInterval(() => {}, 1_000);
