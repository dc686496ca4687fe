import { afterAll, beforeAll, expect, test } from 'bun:test';
import * as v from 'valibot';
import { createApp } from '../../src/app.ts';
import { openTracing, type Tracing } from '../../src/telemetry/tracing.ts';
import { startConsumer } from '../../src/queue/consumer.ts';
import type { NewJob, QueueBackend } from '../../src/queue/port.ts';
import { JOBS } from '../../src/queue/registry.ts';
import { startRelay } from '../../src/queue/relay.ts';
import { requestTo, startTestApp, type TestApp } from '../harness.ts';
import { until } from '../queue/until.ts';

const Value = v.object({
  stringValue: v.optional(v.string()),
  intValue: v.optional(v.number()),
  boolValue: v.optional(v.boolean()),
});
const Batch = v.object({
  resourceSpans: v.array(
    v.object({
      scopeSpans: v.array(
        v.object({
          spans: v.array(
            v.object({
              traceId: v.string(),
              spanId: v.string(),
              parentSpanId: v.optional(v.string()),
              name: v.string(),
              kind: v.number(),
              attributes: v.array(v.object({ key: v.string(), value: Value })),
            }),
          ),
        }),
      ),
    }),
  ),
});

let app: TestApp;
let tracing: Tracing;
let collector: ReturnType<typeof Bun.serve>;
const raw: string[] = [];
const paths: string[] = [];

beforeAll(async () => {
  collector = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    fetch: async (request) => {
      paths.push(new URL(request.url).pathname);
      raw.push(await request.text());
      return Response.json({});
    },
  });
  app = await startTestApp();
  const opened = await openTracing({
    otlpEndpoint: `http://127.0.0.1:${collector.port}`,
    otlpServiceName: 'clinic',
  });
  if (!opened) throw new Error('nothing is traced');
  tracing = opened;
});
afterAll(async () => {
  await collector.stop(true);
  await app.close();
});

test('a booking is one trace from the request through the outbox to the job and each delivery, without people', async () => {
  const services = { ...app.services, tracing };
  const patientId = await app.patient({ email: 'rosa@example.com' });
  const therapistId = await app.therapist();
  const desk = await app.as('receptionist');
  const request = requestTo(createApp(services));
  const day = Temporal.Now.zonedDateTimeISO('America/Lima').add({ days: 3 }).toPlainDate().toString();
  const caller = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
  const answer = await request('POST', '/api/appointments/', {
    token: desk.token,
    headers: { traceparent: caller },
    body: {
      patient_id: patientId,
      therapist_id: therapistId,
      date_time: `${day}T10:00:00-05:00`,
      reason: 'dolor lumbar',
    },
  });
  expect(answer.status).toBe(201);

  const moved: NewJob[] = [];
  const relay = startRelay({
    db: services.db,
    log: services.log,
    producer: { add: async (_queue, jobs) => void moved.push(...jobs) },
  });
  await until('the job', () => moved.length > 0 || undefined);
  await relay.stop();
  const [job] = moved;

  let run: Parameters<QueueBackend['consume']>[1]['process'] | undefined;
  const backend = {
    consume: async (_queue: string, options: Parameters<QueueBackend['consume']>[1]) => {
      run = options.process;
      return { close: async () => undefined };
    },
  } as unknown as QueueBackend;
  await startConsumer(backend, services, {
    queue: 'notifications',
    jobs: JOBS,
    concurrency: 1,
    lockDuration: 10_000,
  });
  await run?.({
    id: job?.id ?? '',
    name: job?.name ?? '',
    data: job?.data,
    attempt: 1,
    maxAttempts: 3,
    signal: new AbortController().signal,
    progress: async () => undefined,
  });
  await tracing.close();

  expect(new Set(paths)).toEqual(new Set(['/v1/traces']));
  const spans = raw.flatMap((text) =>
    v
      .parse(Batch, JSON.parse(text))
      .resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)),
  );
  const named = (name: string) => spans.find((span) => span.name === name);
  const [asked, worked] = [named('POST /api/appointments/'), named('job notify-appointment')];
  expect(asked).toMatchObject({
    traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
    parentSpanId: '00f067aa0ba902b7',
  });
  expect(worked?.parentSpanId).toBe(asked?.spanId ?? '');
  for (const channel of ['email', 'sms'])
    expect(named(`deliver ${channel}`)?.parentSpanId).toBe(worked?.spanId ?? '');
  expect(new Set(spans.map(({ traceId }) => traceId))).toEqual(new Set(['4bf92f3577b34da6a3ce929d0e0e4736']));
  for (const secret of ['Rosa', 'Quispe', 'rosa@', '900000001', 'lumbar', desk.token])
    expect(raw.join('')).not.toContain(secret);
});

test('without an endpoint nothing is opened, and a stranger traceparent that is none begins a trace', async () => {
  expect(await openTracing({ otlpEndpoint: undefined, otlpServiceName: 'clinic' })).toBeNull();
  expect(app.services.tracing).toBeNull();
  const own = await openTracing({
    otlpEndpoint: `http://127.0.0.1:${collector.port}`,
    otlpServiceName: 'clinic',
  });
  for (const parent of [null, '', 'x', `00-${'0'.repeat(32)}-${'0'.repeat(16)}-01`]) {
    const span = own?.start('step', { kind: 'server', parent });
    expect(span?.traceparent).toMatch(/^00-(?!0{32})[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    span?.end();
  }
  await own?.close();
});

const module = (path: string) => JSON.stringify(new URL(`../../src/${path}`, import.meta.url).href);

test.each([
  { endpoint: undefined, loaded: 'false' },
  { endpoint: 'http://127.0.0.1:1', loaded: 'true' },
])('the SDK is loaded only with an endpoint ($endpoint)', async ({ endpoint, loaded }) => {
  const script = `await import(${module('services.ts')});
    const { openTracing } = await import(${module('telemetry/tracing.ts')});
    await openTracing({ otlpEndpoint: ${JSON.stringify(endpoint)}, otlpServiceName: 'clinic' });
    console.log(Object.keys(require.cache).some((path) => path.includes('@opentelemetry/sdk-trace')));`;
  const child = Bun.spawn([process.execPath, '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  expect((await new Response(child.stdout).text()).trim()).toBe(loaded);
});
