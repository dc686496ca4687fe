import { afterAll, expect, setDefaultTimeout, test } from 'bun:test';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eq } from 'drizzle-orm';
import { systemCtx, transaction } from '../../src/context.ts';
import { emit } from '../../src/db/outbox.ts';
import { findProcesses } from '../../src/embedded/processes.ts';
import { notifyAppointment } from '../../src/modules/notifications/jobs.ts';
import { deliveries } from '../../src/modules/notifications/tables.ts';
import { existing } from '../appointments/clinic.ts';
import { startTestApp } from '../harness.ts';
import { startSmsProvider } from '../notifications/sms-provider.ts';
import { freePort } from '../queue/engines.ts';
import { until } from '../queue/until.ts';
import { onDatabase, startCommand } from './manage.ts';

setDefaultTimeout(120_000);

const storage = mkdtempSync(join(tmpdir(), 'clinic-stop-'));
afterAll(() => rmSync(storage, { recursive: true, force: true }));

/** Milliseconds until a process has ended, and its exit code. */
async function ended(child: ReturnType<typeof startCommand>): Promise<{ ms: number; code: number }> {
  const asked = performance.now();
  child.kill('SIGTERM');
  const code = await child.exited;
  return { ms: performance.now() - asked, code };
}

test('a worker of its own does the jobs, tells its health, and lets those that run finish when it is stopped', async () => {
  const sms = startSmsProvider();
  const app = await startTestApp();
  const port = freePort();
  const worker = startCommand(['worker'], {
    env: {
      ...onDatabase(app.database.url),
      STORAGE_DIR: storage,
      WORKER_HEALTH_PORT: String(port),
      SMS_BASE_URL: sms.url,
      SMS_ACCOUNT_SID: 'AC1',
      SMS_AUTH_TOKEN: 's',
      SMS_FROM: '+15005550006',
    },
  });
  const health = () => fetch(`http://127.0.0.1:${port}/`).catch(() => undefined);
  try {
    const well = await until(
      'the worker',
      async () => {
        const answer = await health();
        return answer?.status === 200 ? answer : undefined;
      },
      60_000,
    );
    const { status, checks } = (await well.json()) as { status: string; checks: Record<string, unknown> };
    expect(status).toBe('ready');
    expect(checks['workers']).toMatchObject({
      ok: true,
      detail: expect.arrayContaining([{ queue: 'notifications', index: 0, state: 'running', restarts: 0 }]),
    });

    const mayAnswer = Promise.withResolvers<void>();
    sms.state.answer = async (nth) => {
      await mayAnswer.promise;
      return sms.accepted(nth);
    };
    const appointmentId = await existing(app, {
      patientId: await app.patient(),
      therapistId: await app.therapist(),
      starts: Temporal.Now.instant().add({ hours: 72 }),
    });
    await transaction(systemCtx(app.services, 'test'), (tx) =>
      emit(tx, notifyAppointment, { appointmentId, event: 'booked' }),
    );
    await until('the message', () => sms.requests.length === 1, 20_000);
    setTimeout(() => mayAnswer.resolve(), 2_000);
    const { ms, code } = await ended(worker);
    expect(code).toBe(0);
    expect(ms).toBeWithin(1_500, 10_000);
    const [row] = await app.services.db.select().from(deliveries).where(eq(deliveries.channel, 'sms'));
    expect(row).toMatchObject({ state: 'sent', attempts: 1, claimedUntil: null });
    expect(await health()).toBeUndefined();
  } finally {
    worker.kill('SIGKILL');
    await app.close();
    await sms.close();
  }
});

test('a service whose folder was deleted under it ends in time all the same, and leaves nothing running', async () => {
  const folder = join(storage, 'deleted');
  const port = freePort();
  const env = { STORAGE_DIR: folder, PORT: String(port), LOG_LEVEL: 'warn' };
  const serving = startCommand(['serve'], { env });
  try {
    const isReady = () =>
      fetch(`http://127.0.0.1:${port}/health/ready/`).then(
        ({ ok }) => ok,
        () => false,
      );
    await until('the service', isReady, 90_000);
    rmSync(folder, { recursive: true, force: true });
    const { ms } = await ended(serving);
    expect(ms).toBeLessThan(13_000);
    const left = () => [
      ...findProcesses(`--datadir=${folder}/mysql/data`),
      ...findProcesses(join(folder, 'queue', 'jobs.sqlite')),
    ];
    await until('the servers to be gone', () => left().length === 0, 5_000);
  } finally {
    serving.kill('SIGKILL');
  }
});
