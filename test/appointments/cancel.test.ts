import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { desc, eq } from 'drizzle-orm';
import { auditLog } from '../../src/db/audit.ts';
import { outbox } from '../../src/db/outbox.ts';
import { STATUSES } from '../../src/modules/appointments/status.ts';
import { appointments } from '../../src/modules/appointments/tables.ts';
import { TICKET_STATUSES } from '../../src/modules/billing/tables.ts';
import { type Client, startTestApp, type TestApp } from '../harness.ts';
import { book, existing, freeTime, growth, rulesOf, statusesOf } from './clinic.ts';

let app: TestApp;
let desk: Client;
let me: Client;
let therapistId: number;

beforeAll(async () => {
  app = await startTestApp();
  desk = await app.as('receptionist');
  me = await app.as('patient');
  therapistId = await app.therapist();
});
afterAll(() => app.close());

const cancel = (client: Client, id: number, query = '', headers: Record<string, string> = {}) =>
  client.request('DELETE', `/api/appointments/${id}/${query}`, { headers });
const mine = (fields: Partial<Parameters<typeof existing>[1]> = {}) =>
  existing(app, { therapistId, patientId: me.patientId, starts: freeTime(), ...fields });
const read = async (id: number) => (await desk.request('GET', `/api/appointments/${id}/`)).json;
const soon = (seconds: number) => Temporal.Now.instant().add({ seconds });

describe('a cancellation', () => {
  test('answers with the cancelled appointment and ticket, keeps the reason, and is told once', async () => {
    const { json: before } = await book(me, {
      patient_id: me.patientId,
      therapist_id: therapistId,
      date_time: freeTime(),
    });
    let answer;
    const grown = await growth(app, async () => {
      answer = await cancel(me, before.id, '?reason=Viaje%20de%20trabajo');
    });
    expect(grown).toEqual({ audit_log: 1, outbox: 1 });
    expect(answer).toMatchObject({
      status: 200,
      json: {
        ...before,
        status: 'cancelled',
        status_label: expect.any(String),
        ticket: { ...before.ticket, status: 'cancelled' },
        updated_at: expect.any(String),
      },
    });
    const [row] = await app.services.db.select().from(appointments).where(eq(appointments.id, before.id));
    expect(row?.cancellationReason).toBe('Viaje de trabajo');
    const [event] = await app.services.db.select().from(outbox).orderBy(desc(outbox.id)).limit(1);
    expect(event?.data).toMatchObject({ appointmentId: before.id, event: 'cancelled' });
    const [entry] = await app.services.db.select().from(auditLog).orderBy(desc(auditLog.id)).limit(1);
    expect(entry).toMatchObject({
      action: 'cancel',
      actorId: me.userId,
      entityId: String(before.id),
      before: { status: 'pending' },
      after: { status: 'cancelled', reason: 'Viaje de trabajo' },
    });
  });

  test('gives the time back', async () => {
    const starts = freeTime();
    const id = await mine({ starts });
    const body = { patient_id: me.patientId, therapist_id: therapistId, date_time: starts };
    expect((await book(me, body)).status).toBe(400);
    await cancel(me, id);
    expect((await book(me, body)).status).toBe(201);
  });

  test.each(TICKET_STATUSES)('of one whose ticket is %s', async (status) => {
    const id = await mine({ ticket: { status } });
    const { json } = await cancel(desk, id);
    expect(json.ticket.status).toBe(status === 'pending' ? 'cancelled' : status);
  });

  test.each(STATUSES)('of one that is %s', async (status) => {
    const id = await mine({ status });
    const closed = ['completed', 'cancelled', 'no_show'].includes(status);
    let answer;
    const grown = await growth(app, async () => {
      answer = await cancel(desk, id);
    });
    expect(grown).toEqual(closed ? {} : { audit_log: 1, outbox: 1 });
    expect(answer).toMatchObject(
      closed
        ? { status: 400, json: { code: 'BUSINESS_RULE_VIOLATION', details: { rule: 'appointment_closed' } } }
        : { status: 200, json: { status: 'cancelled' } },
    );
    expect((await read(id)).status).toBe(closed ? status : 'cancelled');
  });

  test('sent twice at the same time happens once', async () => {
    const id = await mine();
    const answers = await Promise.all([cancel(desk, id), cancel(me, id), cancel(desk, id)]);
    expect(statusesOf(answers)).toEqual([200, 400, 400]);
  });

  test('refuses a reason that is too long', async () => {
    const id = await mine();
    const { status, json } = await cancel(desk, id, `?reason=${'x'.repeat(501)}`);
    expect([status, Object.keys(json.details)]).toEqual([400, ['reason']]);
    expect((await read(id)).status).toBe('pending');
  });
});

describe('the window', () => {
  test('keeps patients, and only them, from cancelling within two hours', async () => {
    const late = await mine({ starts: soon(7_190) });
    const refused = await cancel(me, late);
    expect([refused.status, refused.json.details.rule, rulesOf(refused)]).toEqual([
      400,
      'cancellation_window',
      ['cancellation_window'],
    ]);
    expect((await read(late)).status).toBe('pending');
    expect((await cancel(desk, late)).status).toBe(200);
    expect((await cancel(me, await mine({ starts: soon(7_230) }))).status).toBe(200);
    expect(rulesOf(await cancel(me, await mine({ starts: soon(-3_600) })))).toEqual(['cancellation_window']);
  });

  test('is what the clinic sets', async () => {
    const strict = await startTestApp({ CANCELLATION_WINDOW_HOURS: '48' });
    const patient = await strict.as('patient');
    const booking = { therapistId: await strict.therapist(), patientId: patient.patientId };
    const id = await existing(strict, { ...booking, starts: soon(47 * 3_600) });
    const { json } = await cancel(patient, id);
    expect(json.details.rule).toBe('cancellation_window');
    expect(json.details.message).toContain('48');
    await strict.close();
  });
});

describe('who may cancel', () => {
  test('the own patient, reception, administration', async () => {
    const statuses = [];
    for (const client of [
      me,
      desk,
      await app.as('administrator'),
      await app.as('supervisor'),
      await app.as('therapist'),
      await app.as('patient'),
    ]) {
      const { status, text } = await cancel(client, await mine());
      if (status !== 200) expect(text).not.toContain('Rosa');
      statuses.push(status);
    }
    expect(statuses).toEqual([200, 200, 200, 403, 403, 404]);
    expect((await cancel(desk, 999_999)).status).toBe(404);
  });
});

test('If-Match that names another version cancels nothing', async () => {
  const id = await mine();
  const headers = {
    'if-match': (await desk.request('GET', `/api/appointments/${id}/`)).headers.get('etag') ?? '',
  };
  await desk.request('PUT', `/api/appointments/${id}/`, { body: { notes: 'Cambió' } });
  const { status, json } = await cancel(desk, id, '', headers);
  expect([status, json.code]).toEqual([412, 'PRECONDITION_FAILED']);
  expect((await read(id)).status).toBe('pending');
});
