import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { eq } from 'drizzle-orm';
import { appointments } from '../../src/modules/appointments/tables.ts';
import { tickets } from '../../src/modules/billing/tables.ts';
import { type Client, startTestApp, type TestApp } from '../harness.ts';
import { testRedis } from '../services.ts';
import { at, freeTime } from './clinic.ts';
import { type Instance, type Reply, startInstances } from './instances.ts';

const CLIENTS = 40;
const each = Array.from({ length: CLIENTS }, (_, i) => i);

/** What forty answers were, counted: `{ '201': 1, 'therapist_busy': 39 }`; a refusal by its first rule. */
function tally(replies: readonly Reply[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status, json } of replies) {
    const what = status === 400 ? String(json.details?.rule ?? json.code) : String(status);
    counts[what] = (counts[what] ?? 0) + 1;
  }
  return counts;
}

describe.each(['database', 'Redis'])('two instances with their sessions in the %s', (kind) => {
  let app: TestApp;
  let running: Awaited<ReturnType<typeof startInstances>>;
  let desk: Client;
  let people: Client[];

  beforeAll(async () => {
    app = await startTestApp();
    running = await startInstances(app, 2, kind === 'Redis' ? { REDIS_URL: await testRedis() } : {});
    desk = await app.as('receptionist');
    people = await Promise.all(each.map(() => app.as('patient')));
  }, 60_000);
  afterAll(async () => {
    expect(await running.stop()).toEqual([0, 0]);
    await app.close();
  }, 30_000);

  const instance = (n: number): Instance => running.instances[n % 2] as Instance;

  /** Forty requests at once, twenty to each instance. */
  const race = (bodyOf: (n: number) => object, tokenOf: (n: number) => string = () => desk.token) =>
    Promise.all(each.map((n) => instance(n).request('POST', '/api/appointments/', tokenOf(n), bodyOf(n))));
  const rowsAt = async (starts: string) =>
    app.services.db
      .select({ id: appointments.id, ticket: tickets.ticketNumber })
      .from(appointments)
      .innerJoin(tickets, eq(tickets.appointmentId, appointments.id))
      .where(eq(appointments.dateTime, Temporal.Instant.from(starts)));

  test('forty patients for one slot of one therapist: one gets it', async () => {
    const therapist_id = await app.therapist();
    for (const _ of [1, 2, 3]) {
      const date_time = freeTime();
      const replies = await race(
        (n) => ({ patient_id: people[n]?.patientId, therapist_id, date_time }),
        (n) => people[n]?.token ?? '',
      );
      expect(tally(replies)).toEqual({ '201': 1, therapist_busy: CLIENTS - 1 });
      expect(await rowsAt(date_time)).toHaveLength(1);
    }
  });

  test('one request sent forty times: one booking', async () => {
    const [therapist_id, patient_id, date_time] = [await app.therapist(), await app.patient(), freeTime()];
    const replies = await race(() => ({ patient_id, therapist_id, date_time }));
    expect(tally(replies)).toEqual({ '201': 1, therapist_busy: CLIENTS - 1 });
    for (const { status, json } of replies) {
      if (status === 400) {
        expect(json.details.violations.map(({ rule }: { rule: string }) => rule)).toEqual([
          'therapist_busy',
          'patient_busy',
        ]);
      }
    }
    expect(await rowsAt(date_time)).toHaveLength(1);
  });

  test('one patient at forty therapists: one of them', async () => {
    const [patient_id, date_time] = [await app.patient(), freeTime()];
    const therapists = await Promise.all(each.map(() => app.therapist()));
    const replies = await race((n) => ({ patient_id, therapist_id: therapists[n], date_time }));
    expect(tally(replies)).toEqual({ '201': 1, patient_busy: CLIENTS - 1 });
    expect(await rowsAt(date_time)).toHaveLength(1);
  });

  test('forty patients and therapists in one room: one of them', async () => {
    const date_time = freeTime();
    const therapists = await Promise.all(each.map(() => app.therapist()));
    const room = `Sala de la carrera ${kind}`;
    const replies = await race((n) => ({
      patient_id: people[n]?.patientId,
      therapist_id: therapists[n],
      date_time,
      room,
    }));
    expect(tally(replies)).toEqual({ '201': 1, room_busy: CLIENTS - 1 });
    expect(await rowsAt(date_time)).toHaveLength(1);
  });

  test('overlapping times: only what fits together', async () => {
    const therapist_id = await app.therapist();
    const first = Temporal.Instant.from(at(175, '09:00'));
    const replies = await race((n) => ({
      patient_id: people[n]?.patientId,
      therapist_id,
      date_time: first.add({ minutes: (n % 4) * 15 }).toString(),
      duration: 30,
    }));
    const made = replies.filter(({ status }) => status === 201);
    const starts = made.map(({ json }) => Temporal.Instant.from(json.date_time).epochMilliseconds);
    expect(made.length).toBeGreaterThanOrEqual(1);
    expect(tally(replies)).toEqual({ '201': made.length, therapist_busy: CLIENTS - made.length });
    for (const [i, a] of starts.entries()) {
      for (const b of starts.slice(i + 1)) expect(Math.abs(a - b)).toBeGreaterThanOrEqual(30 * 60_000);
    }
  });

  test('forty different bookings all succeed, under numbers without a gap', async () => {
    const date_time = freeTime();
    const therapists = await Promise.all(each.map(() => app.therapist()));
    const replies = await race((n) => ({
      patient_id: people[n]?.patientId,
      therapist_id: therapists[n],
      date_time,
    }));
    expect(tally(replies)).toEqual({ '201': CLIENTS });
    const numbers = (await app.services.db.select({ number: tickets.ticketNumber }).from(tickets)).map(
      ({ number }) => Number(number.slice(-6)),
    );
    expect(numbers.toSorted((a, b) => a - b)).toEqual(numbers.map((_, i) => i + 1));
  });

  test('a session that is closed on one is closed on the other at once', async () => {
    const [one, other] = [instance(0), instance(1)];
    for (const _ of [1, 2, 3]) {
      const { token } = await app.as('patient');
      for (const side of [one, other, one, other]) {
        expect((await side.request('GET', '/api/auth/verify/', token)).status).toBe(200);
      }
      expect((await one.request('POST', '/api/auth/logout/', token)).status).toBe(200);
      const after = await Promise.all(
        [other, one, other].map((side) => side.request('GET', '/api/auth/verify/', token)),
      );
      expect(after.map(({ status, json }) => `${status} ${json.code}`)).toEqual(
        Array<string>(3).fill('401 SESSION_REVOKED'),
      );
    }
  });

  test('one key on two instances makes one booking', async () => {
    const body = {
      patient_id: await app.patient(),
      therapist_id: await app.therapist(),
      date_time: freeTime(),
    };
    const answers = await Promise.all(
      each.slice(0, 8).map(async (n) => {
        const response = await fetch(`${instance(n).url}/api/appointments/`, {
          method: 'POST',
          headers: {
            authorization: `Bearer ${desk.token}`,
            'content-type': 'application/json',
            'idempotency-key': 'one-key',
          },
          body: JSON.stringify(body),
        });
        const { id } = (await response.json()) as { id: number };
        return { status: response.status, id, replayed: response.headers.get('idempotent-replayed') };
      }),
    );
    expect(new Set(answers.map(({ status, id }) => `${status} ${id}`)).size).toBe(1);
    expect(answers.filter(({ replayed }) => replayed === 'true')).toHaveLength(7);
    expect(await rowsAt(body.date_time)).toHaveLength(1);
  });
});
