import * as v from 'valibot';
import { afterAll, beforeAll, expect, test } from 'bun:test';
import { startConsumer } from '../../src/queue/consumer.ts';
import { defineJob, type JobHandler } from '../../src/queue/define.ts';
import type { Attempt, QueueBackend } from '../../src/queue/port.ts';
import { startTestApp, type TestApp } from '../harness.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

/** A consumer of these jobs that gets the attempts which the test makes. */
async function consumerOf(jobs: ReturnType<typeof jobOf>[]) {
  const given = Promise.withResolvers<(attempt: Attempt) => Promise<void>>();
  const backend = {
    consume: async (_: string, { process }: { process: (attempt: Attempt) => Promise<void> }) => {
      given.resolve(process);
      return { close: async () => undefined };
    },
  } as unknown as QueueBackend;
  const { services } = app.ctx();
  await startConsumer(backend, services, { queue: 'exports', jobs, concurrency: 1, lockDuration: 1_000 });
  const process = await given.promise;
  const attempt = { id: '1', attempt: 1, maxAttempts: 3, data: {}, progress: async () => undefined };
  const signal = new AbortController().signal;
  return { run: (name: string) => process({ ...attempt, name, signal }) };
}

const jobOf = (name: string, eager: boolean, handler: () => Promise<{ handle: JobHandler<object> }>) =>
  defineJob({ name, queue: 'exports', data: v.object({}), eager, handler });

test('what a person waits for is loaded at the start, all else with its first job', async () => {
  const loaded: string[] = [];
  const handlerOf = (name: string) => async () => {
    loaded.push(name);
    return { handle: async () => undefined };
  };
  const { run } = await consumerOf([
    jobOf('eager', true, handlerOf('eager')),
    jobOf('lazy', false, handlerOf('lazy')),
  ]);
  expect(loaded).toEqual(['eager']);
  await run('lazy');
  await run('eager');
  await run('lazy');
  expect(loaded).toEqual(['eager', 'lazy']);
});

test('a handler that could not be loaded at the start is loaded for its job', async () => {
  let loads = 0;
  let handled = 0;
  const { run } = await consumerOf([
    jobOf('eager', true, async () => {
      loads += 1;
      if (loads === 1) throw new Error('not yet');
      return {
        handle: async () => {
          handled += 1;
        },
      };
    }),
  ]);
  await run('eager');
  expect([loads, handled]).toEqual([2, 1]);
});
