import { expect, expectTypeOf, test } from 'bun:test';
import * as v from 'valibot';
import { defineJob } from '../../src/queue/define.ts';
import { checkedJob, toNewJob } from '../../src/queue/enqueue.ts';
import { JOBS, indexJobs, jobsOf } from '../../src/queue/registry.ts';

const handler = () => Promise.reject(new Error('not run here'));
const mail = defineJob({ name: 'mail', queue: 'notifications', data: v.object({ to: v.string() }), handler });
const render = defineJob({ name: 'render', queue: 'exports', data: v.object({}), handler });

test('two jobs of one name are refused', () => {
  expect(() => indexJobs([mail, render, { ...render, name: 'mail' }])).toThrow('Two jobs are called "mail"');
});

test('each queue has its own jobs', () => {
  expect(jobsOf('exports', [mail, render]).map(({ name }) => name)).toEqual(['render']);
  expect(jobsOf('cleanup', [mail, render])).toEqual([]);
});

test("the names of the service's jobs fit the outbox", () => {
  expect(JOBS.filter(({ name }) => name.length > 64)).toEqual([]);
});

test('a new job carries what its definition says and what its caller wants', () => {
  expect(toNewJob(mail, { to: 'ana' }, { id: 'mail-1', delay: 5, priority: 1 })).toEqual({
    id: 'mail-1',
    name: 'mail',
    data: { to: 'ana' },
    attempts: 3,
    backoff: { delay: 4_000, max: 10_000 },
    delay: 5,
    priority: 1,
  });
});

test('a job may be less urgent than others by its definition', () => {
  const rare = defineJob({ ...mail, priority: 20 });
  expect(toNewJob(rare, { to: 'ana' }, { id: 'mail-1' }).priority).toBe(20);
  expect(toNewJob(rare, { to: 'ana' }, { id: 'mail-1', priority: 3 }).priority).toBe(3);
  expect(toNewJob(mail, { to: 'ana' }, { id: 'mail-1' }).priority).toBe(10);
});

test.each(['1', 'a:b', '', 'ñ', 'a b', `a${'x'.repeat(128)}`])('the id %p is refused', (id) => {
  expect(() => toNewJob(mail, { to: 'ana' }, { id })).toThrow('cannot be a job');
});

test('a wrong or huge payload is refused', () => {
  expect(() => checkedJob(mail, { to: 1 }, { id: 'mail-1' })).toThrow();
  expect(() => toNewJob(mail, { to: 'x'.repeat(300_000) }, { id: 'mail-1' })).toThrow('too large');
});

test('the compiler refuses a wrong payload, too', () => {
  type Payload = Parameters<typeof toNewJob<typeof mail.data>>[1];
  expectTypeOf<{ to: string }>().toExtend<Payload>();
  expectTypeOf<{ to: number }>().not.toExtend<Payload>();
});
