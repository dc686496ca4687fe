import { and, eq, gt, gte, max } from 'drizzle-orm';
import { parseConfig } from '../../src/config.ts';
import { systemCtx, transaction } from '../../src/context.ts';
import { emitAll, event } from '../../src/db/outbox.ts';
import { appointments } from '../../src/modules/appointments/tables.ts';
import { notifyAppointment } from '../../src/modules/notifications/jobs.ts';
import { deliveries } from '../../src/modules/notifications/tables.ts';
import type { patients } from '../../src/modules/patients/tables.ts';
import { reminders } from '../../src/modules/reminders/tables.ts';
import { openBackend } from '../../src/queue/backend.ts';
import { at } from '../appointments/clinic.ts';
import { until } from '../queue/until.ts';
import { type EngineName, openClinic } from '../survival/clinic.ts';
import { startSink } from './sink.ts';

/*
 * The background work on both engines: jobs per second from the outbox through queue, thread and delivery row to a
 * local SMTP server, against the engine's own no-op rate; the time from a booking's start to that server at a steady
 * rate; a burst of reminders to a provider that answers at once, and what it does to a simple request.
 * BENCH_ENGINES (bunqueue,bullmq), BENCH_ONLY (rate,bookings,burst), BENCH_JOBS (2000), BENCH_BOOKINGS_PER_SECOND (50), BENCH_SECONDS (10) and
 * BENCH_REMINDERS (100000) can be set.
 */
const number = (name: string, value: number) => Number(process.env[name] ?? value);
const ENGINES = (process.env['BENCH_ENGINES'] ?? 'bunqueue,bullmq').split(',') as EngineName[];
const JOBS = number('BENCH_JOBS', 2_000);
const RATE = number('BENCH_BOOKINGS_PER_SECOND', 50);
const SECONDS = number('BENCH_SECONDS', 10);
const REMINDERS = number('BENCH_REMINDERS', 100_000);
const ONLY = process.env['BENCH_ONLY']?.split(',');
/** With 10,000 jobs in each: then the compiler is done with both sides. It took a tenth of a mail's time in the second. */
const WARM_UPS = 3;
const ROUNDS = 3;
/** Jobs that are added, or emitted, in one go: the first are done while the others come. */
const AT_ONCE = 500;
const CONCURRENCY = parseConfig({}).workers.notifications.concurrency;

type Sink = ReturnType<typeof startSink>;
type Bench = Awaited<ReturnType<typeof openClinic<Sink>>>;

const say = (text: string) => process.stdout.write(`${text}\n`);
const quantile = (values: readonly number[], q: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * q))] ?? Number.NaN;
const perSecond = (jobs: number, begun: number) => (jobs / (performance.now() - begun)) * 1_000;

/** Jobs per second of the engine alone: added in bulk and durably, taken by one consumer, as many at a time as by the
 * thread that sends, that does nothing. */
async function noOpRate({ spec }: Bench): Promise<number> {
  const backend = await openBackend(spec);
  const producer = await backend.producer();
  const round = crypto.randomUUID();
  let done = 0;
  const begun = performance.now();
  const consumer = await backend.consume('imports', {
    concurrency: CONCURRENCY,
    lockDuration: 10_000,
    process: async () => void (done += 1),
    onError: () => undefined,
  });
  for (let i = 0; i < JOBS; i += AT_ONCE) {
    const jobs = Array.from({ length: Math.min(AT_ONCE, JOBS - i) }, (_, k) => ({
      id: `noop-${round}-${i + k}`,
      name: 'noop',
      data: {},
      attempts: 1,
      backoff: { delay: 1, max: 1 },
    }));
    await producer.add('imports', jobs);
  }
  await until('the no-ops', () => done >= JOBS, 600_000);
  const rate = perSecond(JOBS, begun);
  await consumer.close();
  await producer.close();
  return rate;
}

/** Appointments past all rules, within four hours of `starts`, of people who can be reached as given. */
async function makeAppointments(
  { app }: Bench,
  howMany: number,
  reach: Partial<typeof patients.$inferInsert>,
  starts: Temporal.Instant,
  createdAt = starts.subtract({ hours: 200 }),
): Promise<number[]> {
  const { db } = app.services;
  const therapistId = await app.therapist();
  const people = await Promise.all(Array.from({ length: 200 }, () => app.patient(reach)));
  const [last] = await db.select({ id: max(appointments.id) }).from(appointments);
  for (let i = 0; i < howMany; i += 1_000) {
    const rows = Array.from({ length: Math.min(1_000, howMany - i) }, (_, k) => ({
      patientId: people[(i + k) % people.length] ?? 0,
      therapistId,
      dateTime: starts.add({ minutes: 5 * ((i + k) % 48) }),
      duration: 60,
      endsAt: starts.add({ minutes: 60 }),
      price: '50.00',
      createdAt,
    }));
    await db.insert(appointments).values(rows);
  }
  const made = await db
    .select({ id: appointments.id })
    .from(appointments)
    .where(gt(appointments.id, last?.id ?? 0));
  return made.map(({ id }) => id);
}

const lastDelivery = async ({ app }: Bench): Promise<number> => {
  const [last] = await app.services.db.select({ id: max(deliveries.id) }).from(deliveries);
  return last?.id ?? 0;
};

/** Until so many deliveries after the one called `last` are recorded as sent: to count them all would take ever longer. */
const untilSent = ({ app }: Bench, last: number, wanted: number, every = 0) =>
  until(
    'the deliveries',
    async () => {
      await Bun.sleep(every);
      const sent = and(eq(deliveries.state, 'sent'), gt(deliveries.id, last));
      return (await app.services.db.$count(deliveries, sent)) >= wanted;
    },
    1_800_000,
  );

/** Jobs per second from the outbox to the mail server and back to the delivery row. */
async function wholeRate(bench: Bench): Promise<number> {
  const starts = Temporal.Now.instant().add({ hours: 2_000 });
  const ids = await makeAppointments(bench, JOBS, { email: 'bench@example.com', phone: null }, starts);
  const last = await lastDelivery(bench);
  const { mails } = bench.standIns;
  const before = mails();
  const begun = performance.now();
  for (let i = 0; i < JOBS; i += AT_ONCE) {
    const events = ids
      .slice(i, i + AT_ONCE)
      .map((appointmentId) => event(notifyAppointment, { appointmentId, event: 'booked' }));
    await transaction(systemCtx(bench.app.services, 'bench'), (tx) => emitAll(tx, events));
  }
  // To count the rows again and again would take its share of the machine.
  await until('the mails', () => mails() >= before + JOBS, 600_000);
  await untilSent(bench, last, JOBS);
  return perSecond(JOBS, begun);
}

/** Bookings at a steady rate; how long after each request's start its mail arrived, in ms. */
async function bookSteadily(bench: Bench): Promise<{ waits: number[]; refused: number }> {
  const { app, standIns, url } = bench;
  const desk = await app.as('administrator');
  const therapists = await Promise.all(Array.from({ length: 40 }, () => app.therapist()));
  const addresses = Array.from({ length: RATE * SECONDS }, () => `bench-${crypto.randomUUID()}@example.com`);
  const people: number[] = [];
  for (const email of addresses) people.push(await app.patient({ email, phone: null }));
  const begun = new Map<string, number>();
  let refused = 0;
  const book = async (i: number) => {
    await Bun.sleep((i / RATE) * 1_000);
    begun.set(addresses[i] ?? '', Date.now());
    const response = await fetch(`${url}/api/appointments/`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${desk.token}` },
      body: JSON.stringify({
        patient_id: people[i],
        therapist_id: therapists[i % 40],
        date_time: at(2 + Math.floor(i / 320), `${String(9 + (Math.floor(i / 40) % 8)).padStart(2, '0')}:00`),
      }),
    });
    await response.body?.cancel();
    if (response.status === 201) return;
    refused += 1;
    begun.delete(addresses[i] ?? '');
  };
  await Promise.all(people.map((_, i) => book(i)));
  await until('the mails', () => [...begun.keys()].every((one) => standIns.arrivals.has(one)), 120_000);
  return { waits: [...begun].map(([one, from]) => (standIns.arrivals.get(one) ?? 0) - from), refused };
}

/** Reminders that fall due together: until all are recorded as sent, and a list's p99 in ms before and meanwhile. */
async function burst(bench: Bench): Promise<{ seconds: number; before: number; during: number }> {
  const { app, url } = bench;
  const desk = await app.as('administrator');
  const now = Temporal.Now.instant();
  const ids = await makeAppointments(
    bench,
    REMINDERS,
    { email: null, phone: '+51 900 000 001' },
    now.add({ hours: 14 }),
    now, // only just booked, so that nobody is reminded yet
  );
  const ask = async (): Promise<number> => {
    const begun = performance.now();
    const response = await fetch(`${url}/api/appointments/?page_size=20`, {
      headers: { authorization: `Bearer ${desk.token}` },
    });
    await response.text();
    return performance.now() - begun;
  };
  const quiet: number[] = [];
  for (let i = 0; i < 200; i++) {
    quiet.push(await ask());
    await Bun.sleep(20);
  }
  const last = await lastDelivery(bench);
  const meanwhile: number[] = [];
  const state = { begun: false, done: false };
  const asking = (async () => {
    while (!state.done) {
      const took = await ask();
      if (state.begun) meanwhile.push(took);
      await Bun.sleep(20);
    }
  })();
  const { db } = app.services;
  await db
    .update(appointments)
    .set({ createdAt: now.subtract({ hours: 200 }) })
    .where(gte(appointments.id, ids[0] ?? 0));
  await until('the minute', async () => (await db.$count(reminders)) > 0, 90_000);
  const begun = performance.now();
  state.begun = true;
  await untilSent(bench, last, REMINDERS, 200);
  const seconds = (performance.now() - begun) / 1_000;
  state.done = true;
  await asking;
  return { seconds, before: quantile(quiet, 0.99), during: quantile(meanwhile, 0.99) };
}

type Part = (bench: Bench) => Promise<string>;

const PARTS: Record<string, Part> = {
  rate: async (bench) => {
    for (let i = 0; i < WARM_UPS; i++) {
      await noOpRate(bench);
      await wholeRate(bench);
    }
    // In turns, for the machine's speed changes meanwhile; the middle ones, for a stray round can be half as fast.
    const noOps: number[] = [];
    const wholes: number[] = [];
    for (let i = 0; i < ROUNDS; i++) {
      noOps.push(await noOpRate(bench));
      wholes.push(await wholeRate(bench));
    }
    const [noOp, whole] = [quantile(noOps, 0.5), quantile(wholes, 0.5)];
    return `${whole.toFixed(0)} jobs/s to the mail server, ${noOp.toFixed(0)} no-ops/s: ${(whole / noOp).toFixed(2)} of it (goal ≥ 0.3)`;
  },
  bookings: async (bench) => {
    const { waits, refused } = await bookSteadily(bench);
    return `${RATE} bookings/s for ${SECONDS} s (${refused} refused): from the request's start to the mail server p50 ${quantile(waits, 0.5).toFixed(0)} ms, p99 ${quantile(waits, 0.99).toFixed(0)} ms (goals < 100 and < 1000)`;
  },
  burst: async (bench) => {
    const { seconds, before, during } = await burst(bench);
    return `${REMINDERS} reminders in ${seconds.toFixed(0)} s, ${(REMINDERS / seconds).toFixed(0)}/s (goal for 100,000: ≤ 300 s); p99 of a list of appointments ${before.toFixed(0)} ms before, ${during.toFixed(0)} ms meanwhile (goal: at most doubled)`;
  },
};

for (const engine of ENGINES) {
  const bench = await openClinic(engine, startSink());
  try {
    for (const [name, part] of Object.entries(PARTS)) {
      if (!ONLY || ONLY.includes(name)) say(`${engine}: ${await part(bench)}`);
    }
  } finally {
    await bench.close();
  }
}
