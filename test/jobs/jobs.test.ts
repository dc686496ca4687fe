import { afterAll, afterEach, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { auditLog } from '../../src/db/audit.ts';
import { openBackend } from '../../src/queue/backend.ts';
import type { QueueConsole } from '../../src/queue/console.ts';
import type { NewJob, Producer } from '../../src/queue/port.ts';
import { type Client, startTestApp, type TestApp } from '../harness.ts';
import { expectError } from '../http/service.ts';
import { type Engine, startBroker, startRedis } from '../queue/engines.ts';
import { until } from '../queue/until.ts';

setDefaultTimeout(30_000);

const engines: [string, () => Promise<Engine>][] = [
  ['BullMQ over Redis', startRedis],
  ['bunqueue broker', startBroker],
];

const job = (id: string): NewJob => ({
  id,
  name: 'notify-appointment',
  data: { appointmentId: 7, reason: 'F32.1 of a patient' },
  attempts: 1,
  backoff: { delay: 10, max: 10 },
});

describe.each(engines)('%s', (_name, start) => {
  let engine: Engine;
  let producer: Producer;
  let app: TestApp;
  let admin: Client;
  let closeConsumer: () => Promise<void>;
  const ran: string[] = [];
  let broken = true;

  beforeAll(async () => {
    engine = await start();
    const backend = await openBackend(engine.spec);
    producer = await backend.producer();
    const queues: QueueConsole = {
      ...producer,
      threads: () => [
        { queue: 'notifications', index: 0, state: 'running', since: Date.now(), restarts: 2, breakers: {} },
      ],
      providers: () => ({ smtp: 'open', sms: 'closed', push: 'closed' }),
    };
    app = await startTestApp({}, queues);
    admin = await app.as('administrator');
    const consumer = await backend.consume('notifications', {
      concurrency: 1,
      lockDuration: 5_000,
      process: async ({ id }) => {
        ran.push(id);
        if (broken) throw new Error('SMTP 450 EENVELOPE');
      },
      onError: () => {},
    });
    closeConsumer = consumer.close;
    await producer.add('notifications', [job('outbox-1'), job('outbox-2')]);
    await producer.add('exports', [{ ...job('outbox-3'), delay: 60_000 }]);
    await until('both to fail', async () => (await producer.counts('notifications')).failed === 2);
  });
  afterAll(async () => {
    await closeConsumer();
    await app.close();
    await producer.close();
    await engine.stop();
  });
  afterEach(() => {
    broken = true;
  });

  test('an administrator sees counts, threads, circuits and the failed jobs with their reasons', async () => {
    const { status, json, text } = await admin.request('GET', '/api/jobs/');
    expect(status).toBe(200);
    expect(json.queues).toEqual([
      { queue: 'notifications', waiting: 0, active: 0, delayed: 0, completed: 0, failed: 2 },
      { queue: 'exports', waiting: 0, active: 0, delayed: 1, completed: 0, failed: 0 },
      { queue: 'imports', waiting: 0, active: 0, delayed: 0, completed: 0, failed: 0 },
      { queue: 'cleanup', waiting: 0, active: 0, delayed: 0, completed: 0, failed: 0 },
    ]);
    expect(json.threads).toMatchObject([{ queue: 'notifications', index: 0, state: 'running', restarts: 2 }]);
    expect(json.providers).toEqual({ smtp: 'open', sms: 'closed', push: 'closed' });
    expect(json.outbox).toEqual({ waiting: 0, oldest_ms: 0, set_aside: 0 });
    expect([json.count, json.next, json.previous]).toEqual([2, null, null]);
    expect(json.results).toMatchObject([
      { id: 'outbox-2', queue: 'notifications', name: 'notify-appointment', state: 'failed', attempts: 1 },
      { id: 'outbox-1', failed_reason: 'SMTP 450 EENVELOPE' },
    ]);
    expect(text).not.toContain('F32.1');
  });

  test('asks for a queue, a state and a page', async () => {
    const delayed = await admin.request('GET', '/api/jobs/?state=delayed');
    expect(delayed.json.results).toMatchObject([{ id: 'outbox-3', queue: 'exports', state: 'delayed' }]);
    const none = await admin.request('GET', '/api/jobs/?queue=exports');
    expect([none.json.count, none.json.results]).toEqual([0, []]);
    const second = await admin.request('GET', '/api/jobs/?page_size=1&page=2');
    expect([second.json.count, second.json.next, second.json.results[0].id]).toEqual([2, null, 'outbox-1']);
    expectError(await admin.request('GET', '/api/jobs/?queue=secrets'), 'VALIDATION_ERROR');
  });

  test('a failed job runs again when it is retried, once, and it is written down who did it', async () => {
    broken = false;
    ran.length = 0;
    const retried = await admin.request('POST', '/api/jobs/notifications/outbox-1/retry/');
    expect([retried.status, retried.json]).toEqual([
      200,
      { success_message: 'El trabajo se ejecutará de nuevo.' },
    ]);
    await until('its end', async () => (await producer.counts('notifications')).completed === 1);
    expect(ran).toEqual(['outbox-1']);
    expectError(await admin.request('POST', '/api/jobs/notifications/outbox-1/retry/'), 'NOT_FOUND');
    expectError(await admin.request('POST', '/api/jobs/exports/outbox-2/retry/'), 'NOT_FOUND');
    expectError(await admin.request('POST', '/api/jobs/notifications/nothing/retry/'), 'NOT_FOUND');
    const entries = await app.services.db.select().from(auditLog);
    expect(entries.filter(({ entity }) => entity === 'job')).toMatchObject([
      { action: 'retry', entityId: 'outbox-1', actorId: admin.userId, after: { queue: 'notifications' } },
    ]);
  });

  test.each(['patient', 'therapist', 'receptionist', 'supervisor'] as const)(
    'a %s sees and does nothing of this',
    async (role) => {
      const client = await app.as(role);
      expectError(await client.request('GET', '/api/jobs/'), 'INSUFFICIENT_PERMISSIONS');
      expectError(
        await client.request('POST', '/api/jobs/notifications/outbox-2/retry/'),
        'INSUFFICIENT_PERMISSIONS',
      );
    },
  );

  test('while the engine is down the answer is 503 with Retry-After, and nothing is written down', async () => {
    await engine.crash();
    await until('the loss to be noticed', () =>
      producer.ping().then(
        () => false,
        () => true,
      ),
    );
    const listed = await admin.request('GET', '/api/jobs/');
    expectError(listed, 'EXTERNAL_SERVICE_ERROR');
    expect(listed.headers.get('retry-after')).toBe('5');
    const before = (await app.services.db.select().from(auditLog)).length;
    expectError(
      await admin.request('POST', '/api/jobs/notifications/outbox-2/retry/'),
      'EXTERNAL_SERVICE_ERROR',
    );
    expect((await app.services.db.select().from(auditLog)).length).toBe(before);
    await engine.revive();
  });
});
