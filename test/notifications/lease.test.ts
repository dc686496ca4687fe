import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import { eq, sql } from 'drizzle-orm';
import { systemCtx } from '../../src/context.ts';
import { sweepDeliveries } from '../../src/modules/notifications/sweep.ts';
import { deliveries, notifications } from '../../src/modules/notifications/tables.ts';
import { Postponed } from '../../src/queue/postponed.ts';
import { type Client, startTestApp, type TestApp } from '../harness.ts';
import { until } from '../queue/until.ts';
import { deliveriesOf, type Queued, runJob, takeJobs } from './jobs.ts';
import { startSmsProvider } from './sms-provider.ts';

let app: TestApp;
let sms: ReturnType<typeof startSmsProvider>;
let desk: Client;
let therapistId: number;

beforeAll(async () => {
  sms = startSmsProvider();
  app = await startTestApp({
    SMS_BASE_URL: sms.url,
    SMS_ACCOUNT_SID: 'AC1',
    SMS_AUTH_TOKEN: 's',
    SMS_FROM: '+15005550006',
  });
  desk = await app.as('receptionist');
  therapistId = await app.therapist();
});
afterAll(async () => {
  await sms.close();
  await app.close();
});
beforeEach(() => {
  sms.requests.length = 0;
  sms.state.answer = sms.accepted;
});

let hours = 0;
async function booking(): Promise<{ job: Queued; key: string }> {
  const patientId = await app.patient();
  const day = Temporal.Now.zonedDateTimeISO('America/Lima').add({ days: 2 + Math.floor(hours / 9) });
  const time = `${day.toPlainDate().toString()}T${String(9 + (hours++ % 9)).padStart(2, '0')}:00:00-05:00`;
  const answer = await desk.request('POST', '/api/appointments/', {
    body: { patient_id: patientId, therapist_id: therapistId, date_time: time },
  });
  expect(answer.status).toBe(201);
  const [job] = await takeJobs(app);
  if (!job) throw new Error('a booking makes a job');
  return { job, key: `patient-${patientId}` };
}

/** As after a run that was cut off `seconds` ago before it wrote down what the provider answered. */
async function cutOff(seconds: number): Promise<void> {
  const [row] = await app.services.db
    .select()
    .from(deliveries)
    .where(eq(deliveries.channel, 'sms'))
    .orderBy(sql`id desc`)
    .limit(1);
  const claimedUntil = Temporal.Now.instant().subtract({ seconds });
  await app.services.db
    .update(deliveries)
    .set({ state: 'queued', claimedUntil, sentAt: null, providerId: null })
    .where(eq(deliveries.id, row?.id ?? 0));
}

describe('one delivery at a time', () => {
  test('two runs of one job never send side by side: the second waits for the first', async () => {
    const { job, key } = await booking();
    const mayAnswer = Promise.withResolvers<void>();
    sms.state.answer = async (nth) => {
      await mayAnswer.promise;
      return sms.accepted(nth);
    };
    const first = runJob(app, job);
    await until('the request', () => sms.requests.length === 1 || undefined);
    const second = await runJob(app, job, 2);
    expect(second).toBeInstanceOf(Postponed);
    expect((second as Postponed).delayMs).toBeLessThanOrEqual(20_000);
    mayAnswer.resolve();
    expect(await first).toBeNull();
    expect(sms.requests).toHaveLength(1);
    expect((await deliveriesOf(app, job.id, key)).sms).toMatchObject({ state: 'sent', attempts: 1 });
    expect(await runJob(app, job, 2)).toBeNull();
    expect(sms.requests).toHaveLength(1);
  });

  test('two runs that begin at once make one notification and one message', async () => {
    const { job, key } = await booking();
    await Promise.all([runJob(app, job), runJob(app, job), runJob(app, job)]);
    expect(sms.requests).toHaveLength(1);
    expect((await deliveriesOf(app, job.id, key)).count).toBe(3);
  });

  test('a run that was cut off is repeated once, which `attempts` shows, and not a second time', async () => {
    const { job, key } = await booking();
    await runJob(app, job);
    await cutOff(1);
    expect(await runJob(app, job, 2)).toBeNull();
    expect((await deliveriesOf(app, job.id, key)).sms).toMatchObject({ state: 'sent', attempts: 2 });
    await cutOff(1);
    expect(await runJob(app, job, 3)).toBeNull();
    expect((await deliveriesOf(app, job.id, key)).sms).toMatchObject({
      state: 'failed',
      attempts: 2,
      error: 'interrupted',
    });
    expect(sms.requests).toHaveLength(2);
    expect(sms.requests[0]?.key).toBe(sms.requests[1]?.key ?? '');
  });

  test('an open circuit costs no attempt, and what was refused for good is not tried anew meanwhile', async () => {
    const failing = await startTestApp({
      SMS_BASE_URL: sms.url,
      SMS_ACCOUNT_SID: 'AC1',
      SMS_AUTH_TOKEN: 's',
      SMS_FROM: '+15005550006',
    });
    const { job, key } = await booking();
    const open = {
      ...app.services,
      breakers: {
        ...app.services.breakers,
        call: async <T>(provider: string, call: () => Promise<T>) => {
          if (provider !== 'sms') return call();
          const { ProviderOpen } = await import('../../src/breakers.ts');
          throw new ProviderOpen('sms', 30_000);
        },
      },
    };
    const waiting = await runJob({ ...app, services: open }, job);
    expect(waiting).toBeInstanceOf(Postponed);
    expect((waiting as Postponed).delayMs).toBe(30_000);
    expect((await deliveriesOf(app, job.id, key)).sms).toMatchObject({ state: 'queued', attempts: 0 });
    expect(await runJob(app, job)).toBeNull();
    expect((await deliveriesOf(app, job.id, key)).sms).toMatchObject({ state: 'sent', attempts: 1 });
    await failing.close();
  });
});

test('what nobody will send any more ends as failed, with a reason', async () => {
  const { job, key } = await booking();
  await runJob(app, job);
  await cutOff(3_600);
  const ctx = systemCtx(app.services, 'sweep');
  expect(await sweepDeliveries(ctx)).toBe(0);
  await app.services.db
    .update(notifications)
    .set({ createdAt: Temporal.Now.instant().subtract({ hours: 25 }) })
    .where(eq(notifications.eventKey, `${job.id}:${key}`));
  expect(await sweepDeliveries(ctx)).toBe(1);
  expect((await deliveriesOf(app, job.id, key)).sms).toMatchObject({ state: 'failed', error: 'abandoned' });
});
