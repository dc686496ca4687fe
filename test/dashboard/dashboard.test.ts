import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { eq } from 'drizzle-orm';
import { ROLES } from '../../src/context.ts';
import { tickets } from '../../src/modules/billing/tables.ts';
import { book, day, existing, freeTime, ZONE } from '../appointments/clinic.ts';
import { type Instance, startInstances } from '../appointments/instances.ts';
import { type Client, startTestApp, type TestApp } from '../harness.ts';
import { testRedis } from '../services.ts';

const OWN = ['appointments_today', 'upcoming_appointments', 'appointments_by_status'];
const FRONT = [...OWN, 'therapist_load', 'new_patients'];
const MONEY = ['revenue_today', 'revenue_by_method', 'no_show_rate', 'occupancy'];

/** Who sees which widgets. */
const SEEN: Record<(typeof ROLES)[number], string[]> = {
  patient: [...OWN, 'pending_tickets'],
  therapist: [...OWN, 'my_agenda'],
  receptionist: [...FRONT, 'pending_tickets'],
  supervisor: [...FRONT, ...MONEY],
  administrator: [...FRONT, ...MONEY, 'pending_tickets'],
};

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

const get = (client: Client, path = '') => client.request('GET', `/api/dashboard/${path}`);
const widgets = async (client: Client, path = '') => (await get(client, path)).json.widgets;
const names = (json: { widgets: object }) => Object.keys(json.widgets).toSorted();

describe('a role', () => {
  test.each([...ROLES])('%s sees its widgets and no other', async (role) => {
    const client = await app.as(role);
    const { status, json } = await get(client);
    expect(status).toBe(200);
    expect(Object.keys(json).toSorted()).toEqual([
      'age_seconds',
      'cached',
      'generated_at',
      'role',
      'widgets',
    ]);
    expect([json.role, names(json)]).toEqual([role, SEEN[role].toSorted()]);
    for (const name of Object.values(SEEN).flat()) {
      const answer = await get(client, `widgets/?widget_types=${name}`);
      expect([name, answer.status]).toEqual([name, SEEN[role].includes(name) ? 200 : 403]);
    }
  });

  test('may pick some, by names that there are', async () => {
    const client = await app.as('administrator');
    const some = await get(client, 'widgets/?widget_types=occupancy,%20my_agenda,occupancy');
    expect(some.status).toBe(403);
    const { json } = await get(client, 'widgets/?widget_types=occupancy,revenue_today');
    expect(names(json)).toEqual(['occupancy', 'revenue_today']);
    const unknown = await get(client, 'widgets/?widget_types=occupancy,salaries');
    expect([unknown.status, Object.keys(unknown.json.details)]).toEqual([400, ['widget_types']]);
    expect(names((await get(client, 'widgets/')).json)).toEqual(SEEN.administrator.toSorted());
  });
});

const shown = async (client: Client, path: string) =>
  (await widgets(client, path)).upcoming_appointments.map(({ id }: { id: number }) => id);

test('a person sees the own appointments, and nobody gets another’s copy', async () => {
  const people = await Promise.all([app.as('patient'), app.as('patient')]);
  const healers = await Promise.all([app.as('therapist'), app.as('therapist')]);
  const ids: number[] = [];
  for (const [i, me] of people.entries()) {
    const starts = Temporal.Now.instant().add({ minutes: 1 + i });
    ids.push(
      await existing(app, { patientId: me.patientId, therapistId: healers[i]?.therapistId ?? 0, starts }),
    );
  }
  for (const path of ['', 'refresh/', 'widgets/?widget_types=upcoming_appointments', '']) {
    for (const [i, id] of ids.entries()) {
      expect(await shown(people[i] as Client, path)).toEqual([id]);
      expect(await shown(healers[i] as Client, path)).toEqual([id]);
    }
  }
  // The desk's copy was read before these were put in, past the service, which would have dropped it.
  await Bun.sleep(600);
  expect(await shown(await app.as('receptionist'), 'refresh/')).toEqual(expect.arrayContaining(ids));
  for (const [i, me] of people.entries()) {
    expect(await widgets(me)).toMatchObject({
      pending_tickets: { count: 1, amount: '50.00' },
      appointments_today: { total: 1, by_status: { pending: 1, no_show: 0 } },
    });
    expect((await widgets(healers[i] as Client)).my_agenda).toHaveLength(1);
  }
});

test('the figures are those of the day', async () => {
  const own = await startTestApp();
  try {
    const admin = await own.as('administrator');
    const therapistId = await own.therapist();
    const noon = Temporal.Now.zonedDateTimeISO(ZONE).withPlainTime('12:00').toInstant();
    const at = (minutes: number) => noon.add({ minutes });
    const make = async (status: 'completed' | 'no_show' | 'cancelled' | 'pending', minutes: number) =>
      existing(own, { patientId: await own.patient(), therapistId, starts: at(minutes), status });
    const done = await make('completed', 0);
    await make('no_show', -60);
    await make('cancelled', -120);
    await make('pending', 60);
    const [ticket] = await own.services.db.select().from(tickets).where(eq(tickets.appointmentId, done));
    const path = `/api/appointments/tickets/${ticket?.id}/pay/`;
    expect((await admin.request('POST', path, { body: { payment_method: 'plin' } })).status).toBe(200);
    const seen = await widgets(admin, 'refresh/');
    expect(seen.appointments_today).toEqual({
      date: day(0),
      total: 4,
      by_status: { pending: 1, confirmed: 0, in_progress: 0, completed: 1, cancelled: 1, no_show: 1 },
    });
    expect(seen.revenue_today).toEqual({
      date: day(0),
      payments: 1,
      paid: '50.00',
      refunds: 0,
      refunded: '0.00',
      net: '50.00',
    });
    expect(seen.revenue_by_method).toEqual([{ method: 'plin', payments: 1, net: '50.00' }]);
    expect(seen.therapist_load).toMatchObject([
      {
        therapist_id: therapistId,
        appointments: 2,
        booked_minutes: 120,
        offered_minutes: 540,
        occupancy: 22.22,
      },
    ]);
    expect(seen.new_patients).toEqual({ today: 4, this_week: 4, this_month: 4 });
    expect(seen.no_show_rate).toMatchObject({ no_show: 1, completed: 1, rate: 50, change_percent: null });
    expect(seen.occupancy.today).toEqual({ booked_minutes: 120, offered_minutes: 540, occupancy: 22.22 });
    // Two tickets wait: of the one who did not come, and of the one who comes today.
    expect(seen.pending_tickets).toMatchObject({ count: 2, amount: '100.00' });
  } finally {
    await own.close();
  }
});

test('a new patient shows within a second, and so does one who is gone', async () => {
  const admin = await app.as('administrator');
  const today = async () => (await widgets(admin, 'widgets/?widget_types=new_patients')).new_patients.today;
  const until = async (count: number) => {
    const since = performance.now();
    while ((await today()) !== count && performance.now() - since < 5_000) await Bun.sleep(20);
    expect(await today()).toBe(count);
    return performance.now() - since;
  };
  await today();
  await Bun.sleep(600);
  const before = (await widgets(admin, 'refresh/')).new_patients.today;
  const body = {
    document_type: 'DNI',
    document_number: '71829304',
    first_name: 'Nina',
    paternal_last_name: 'Quispe',
  };
  const made = await admin.request('POST', '/api/patients/', { body });
  expect(made.status).toBe(201);
  expect(await until(before + 1)).toBeLessThan(1_000);
  expect((await admin.request('DELETE', `/api/patients/${made.json.id}/`)).status).toBe(200);
  expect(await until(before)).toBeLessThan(1_000);
});

test('a thousand at once cost one reading', async () => {
  const own = await startTestApp();
  try {
    const client = await own.as('supervisor');
    let readings = 0;
    const { snapshot } = own.services;
    own.services.snapshot = (work) => {
      readings += 1;
      return snapshot(work);
    };
    const answers = await Promise.all(Array.from({ length: 1_000 }, () => get(client)));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    // Two of the widgets read a snapshot.
    expect(readings).toBe(2);
    const { json } = await get(client);
    expect([json.cached, readings]).toEqual([true, 2]);
    await Bun.sleep(600);
    await get(client, 'refresh/');
    expect(readings).toBe(4);
  } finally {
    await own.close();
  }
}, 60_000);

test('the stream tells the dashboard, and again when something is booked', async () => {
  const admin = await app.as('administrator');
  const response = await app.app.handle(
    new Request('http://localhost/api/dashboard/stream/', {
      headers: { authorization: `Bearer ${admin.token}` },
    }),
  );
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  const told = () =>
    [...text.matchAll(/^event: dashboard\ndata: (.*)$/gm)].map(([, data = '']) => JSON.parse(data));
  const until = async (count: number) => {
    while (told().length < count) {
      const { value, done } = (await reader?.read()) ?? { done: true };
      if (done) throw new Error(`the stream ended: ${text}`);
      text += value;
    }
    return told().at(-1);
  };
  const before = await until(1);
  const dashboard = (await get(admin)).json;
  expect(before.widgets).toEqual(dashboard.widgets);
  const patientId = await app.patient();
  const starts = Temporal.Now.instant().add({ minutes: 30 });
  await existing(app, { patientId, therapistId: await app.therapist(), starts });
  await Bun.sleep(600);
  const body = { patient_id: patientId, therapist_id: await app.therapist(), date_time: freeTime() };
  expect((await book(admin, body)).status).toBe(201);
  const after = await until(2);
  expect(after.widgets.upcoming_appointments.length).toBeGreaterThanOrEqual(1);
  expect(after.widgets).not.toEqual(before.widgets);
  await reader?.cancel();
}, 30_000);

describe.each(['the database', 'Redis'])('two instances that share %s', (kind) => {
  let running: Awaited<ReturnType<typeof startInstances>>;
  beforeAll(async () => {
    running = await startInstances(app, 2, kind === 'Redis' ? { REDIS_URL: await testRedis() } : {});
  }, 60_000);
  afterAll(async () => {
    expect(await running.stop()).toEqual([0, 0]);
  }, 30_000);

  test('both show a payment within a second, wherever it was made', async () => {
    const admin = await app.as('administrator');
    const [one, two] = running.instances as [Instance, Instance];
    const net = async (at: Instance) => {
      const { status, json } = await at.request('GET', '/api/dashboard/', admin.token);
      expect([status, json.code]).toEqual([200, undefined]);
      return json.widgets.revenue_today.net;
    };
    const therapistId = await app.therapist();
    const slow: number[] = [];
    for (let round = 0; round < 4; round++) {
      const id = await existing(app, { patientId: await app.patient(), therapistId, starts: freeTime() });
      const [ticket] = await app.services.db.select().from(tickets).where(eq(tickets.appointmentId, id));
      await Promise.all([one, two].map(net));
      await Bun.sleep(600);
      const before = Number(await net(one));
      const path = `/api/appointments/tickets/${ticket?.id}/pay/`;
      const paid = await one.request('POST', path, admin.token, { payment_method: 'yape' });
      expect(paid.status).toBe(200);
      const since = performance.now();
      for (const at of [two, one]) {
        while (Number(await net(at)) === before && performance.now() - since < 5_000) await Bun.sleep(20);
        expect(Number(await net(at))).toBe(before + 50);
      }
      slow.push(performance.now() - since);
    }
    process.stdout.write(`${kind}: shown after ${slow.map((ms) => ms.toFixed(0)).join(', ')} ms\n`);
    expect(slow.toSorted((a, b) => a - b)[0]).toBeLessThan(1_000);
  }, 60_000);
});
