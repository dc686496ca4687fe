import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { and, desc, eq } from 'drizzle-orm';
import { auditLog } from '../../src/db/audit.ts';
import { outbox } from '../../src/db/outbox.ts';
import { STATUSES, type Status } from '../../src/modules/appointments/status.ts';
import { type Client, startTestApp, type TestApp } from '../harness.ts';
import { existing, freeTime, growth, rulesOf, statusesOf } from './clinic.ts';

let app: TestApp;
let admin: Client;
let desk: Client;
let therapist: Client;
let therapistId: number;
let patientId: number;

beforeAll(async () => {
  app = await startTestApp();
  admin = await app.as('administrator');
  desk = await app.as('receptionist');
  therapist = await app.as('therapist');
  therapistId = therapist.therapistId;
  patientId = await app.patient();
});
afterAll(() => app.close());

const change = (client: Client, id: number, status: string, headers: Record<string, string> = {}) =>
  client.request('PATCH', `/api/appointments/${id}/status/`, { body: { status }, headers });
const statusOf = async (id: number) =>
  (await admin.request('GET', `/api/appointments/${id}/`)).json.status as Status;

const YESTERDAY = Temporal.Now.instant().subtract({ hours: 24 });
const past = (status: Status, fields = {}) =>
  existing(app, { therapistId, patientId, starts: YESTERDAY, status, ...fields });
const future = (status: Status, fields = {}) =>
  existing(app, { therapistId, patientId, starts: freeTime(), status, ...fields });

/** The contract's transitions, written out once more. */
const ALLOWED: Record<Status, Status[]> = {
  pending: ['confirmed', 'in_progress', 'cancelled', 'no_show'],
  confirmed: ['in_progress', 'completed', 'cancelled', 'no_show'],
  in_progress: ['completed', 'cancelled'],
  completed: [],
  cancelled: [],
  no_show: [],
};
const PAIRS = STATUSES.flatMap((from) => STATUSES.map((to) => [from, to] as const));

describe('from one state to another', () => {
  test.each(PAIRS)('%s → %s', async (from, to) => {
    const id = await past(from);
    const before = await admin.request('GET', `/api/appointments/${id}/`);
    const allowed = ALLOWED[from].includes(to);
    let answer = before;
    const grown = await growth(app, async () => {
      answer = await change(admin, id, to);
    });
    if (allowed) {
      expect(answer).toMatchObject({ status: 200, json: { id, status: to } });
      expect(answer.headers.get('etag')).not.toBe(before.headers.get('etag'));
      // The day is over: it is to be summed up anew, and a session that was held is noted with its patient.
      const { patient_spans: spans = 0, ...others } = grown;
      expect(others).toEqual({ audit_log: 1, outbox: 1, summary_marks: 1 });
      expect(spans).toBeLessThanOrEqual(to === 'completed' ? 1 : 0);
      const [event] = await app.services.db.select().from(outbox).orderBy(desc(outbox.id)).limit(1);
      expect(event?.data).toMatchObject({
        appointmentId: id,
        event: to === 'cancelled' ? 'cancelled' : 'status_changed',
        status: to,
      });
    } else {
      expect([answer.status, answer.json.code]).toEqual([400, 'BUSINESS_RULE_VIOLATION']);
      expect([answer.json.details.rule, rulesOf(answer)]).toEqual([
        'invalid_status_transition',
        ['invalid_status_transition'],
      ]);
      expect(grown).toEqual({});
    }
    expect(await statusOf(id)).toBe(allowed ? to : from);
  });

  test('a step that there is not is refused in words', async () => {
    const id = await future('confirmed');
    const message = async (language: string) => {
      const path = `/api/appointments/${id}/status/`;
      const headers = { 'accept-language': language };
      const { json } = await admin.request('PATCH', path, { body: { status: 'pending' }, headers });
      return json.details.message;
    };
    expect(await message('es')).toBe('Una cita no pasa de "Confirmada" a "Pendiente".');
    expect(await message('en')).toBe('An appointment does not go from "Confirmed" to "Pending".');
  });

  test('no_show only once the start has passed', async () => {
    for (const status of ['pending', 'confirmed'] as const) {
      const id = await future(status);
      const answer = await change(admin, id, 'no_show');
      expect([answer.status, rulesOf(answer)]).toEqual([400, ['invalid_status_transition']]);
      expect(await statusOf(id)).toBe(status);
    }
    const id = await existing(app, {
      therapistId,
      patientId,
      starts: Temporal.Now.instant().subtract({ seconds: 1 }),
    });
    expect((await change(admin, id, 'no_show')).status).toBe(200);
  });

  test.each([['unknown'], [''], ['CONFIRMED'], [null], [1]])('%p is no state', async (status) => {
    const id = await past('pending');
    const answer = await admin.request('PATCH', `/api/appointments/${id}/status/`, { body: { status } });
    expect([answer.status, Object.keys(answer.json.details)]).toEqual([400, ['status']]);
  });

  test('is audited with its reason', async () => {
    const id = await past('confirmed');
    const body = { status: 'completed', reason: 'Sin novedad' };
    await therapist.request('PATCH', `/api/appointments/${id}/status/`, { body });
    const entries = await app.services.db
      .select()
      .from(auditLog)
      .where(and(eq(auditLog.entity, 'appointment'), eq(auditLog.entityId, String(id))));
    expect(entries).toMatchObject([
      {
        action: 'change_status',
        actorId: therapist.userId,
        before: { status: 'confirmed' },
        after: { status: 'completed', reason: 'Sin novedad' },
      },
    ]);
  });

  test('a cancellation takes the ticket with it unless it was paid', async () => {
    const [pending, paid] = [
      await past('confirmed'),
      await past('confirmed', { ticket: { status: 'paid' } }),
    ];
    expect((await change(admin, pending, 'cancelled')).json.ticket.status).toBe('cancelled');
    expect((await change(admin, paid, 'cancelled')).json.ticket.status).toBe('paid');
    const missed = await past('confirmed');
    expect((await change(admin, missed, 'no_show')).json.ticket.status).toBe('pending');
  });

  test('of several at the same time happens once', async () => {
    const id = await past('pending');
    const answers = await Promise.all([1, 2, 3, 4].map(() => change(admin, id, 'confirmed')));
    expect(statusesOf(answers)).toEqual([200, 400, 400, 400]);
  });
});

describe('who may change the state', () => {
  test('the front desk sets confirmed, cancelled and no_show, nothing else', async () => {
    for (const to of STATUSES) {
      const id = await past(to === 'confirmed' ? 'pending' : 'confirmed');
      const { status, json } = await change(desk, id, to);
      const allowed = ['confirmed', 'cancelled', 'no_show'].includes(to);
      expect([to, status]).toEqual([to, allowed ? 200 : 403]);
      if (!allowed) expect(json.code).toBe('INSUFFICIENT_PERMISSIONS');
    }
  });

  test('the assigned therapist and administrators set any', async () => {
    for (const client of [therapist, admin]) {
      const id = await past('pending');
      for (const to of ['confirmed', 'in_progress', 'completed']) {
        expect([to, (await change(client, id, to)).status]).toEqual([to, 200]);
      }
    }
  });

  test('nobody else; for another therapist it is not there', async () => {
    const me = await app.as('patient');
    const id = await future('pending', { patientId: me.patientId });
    expect((await change(me, id, 'cancelled')).status).toBe(403);
    expect((await change(await app.as('supervisor'), id, 'confirmed')).status).toBe(403);
    const foreign = await change(await app.as('therapist'), id, 'confirmed');
    expect([foreign.status, foreign.json.code]).toEqual([404, 'NOT_FOUND']);
    expect(foreign.text).not.toContain('Rosa');
    expect((await app.request('PATCH', `/api/appointments/${id}/status/`, { body: {} })).status).toBe(401);
    expect((await change(admin, 999_999, 'confirmed')).status).toBe(404);
    expect(await statusOf(id)).toBe('pending');
  });
});

test('If-Match that names another version changes nothing', async () => {
  const id = await future('pending');
  const headers = {
    'if-match': (await admin.request('GET', `/api/appointments/${id}/`)).headers.get('etag') ?? '',
  };
  expect((await change(admin, id, 'confirmed', headers)).status).toBe(200);
  expect((await change(admin, id, 'in_progress', headers)).status).toBe(412);
  expect(await statusOf(id)).toBe('confirmed');
});

const bulk = (client: Client, body: unknown) =>
  client.request('POST', '/api/appointments/bulk-status/', { body });

describe('many at once', () => {
  test('are judged each alone', async () => {
    const [open, closed, early, other] = [
      await past('confirmed'),
      await past('completed'),
      await future('confirmed'),
      await past('pending'),
    ];
    const { status, json } = await bulk(desk, {
      ids: [open, closed, 999_999, early, other, open],
      status: 'no_show',
    });
    expect(status).toBe(200);
    expect(json.results.map((result: { id: number; ok: boolean }) => [result.id, result.ok])).toEqual([
      [open, true],
      [closed, false],
      [999_999, false],
      [early, false],
      [other, true],
    ]);
    expect(json.results[0]).toEqual({ id: open, ok: true });
    expect(json.results[1].error).toMatchObject({
      error: 'Regla de negocio violada',
      code: 'BUSINESS_RULE_VIOLATION',
      details: { rule: 'invalid_status_transition' },
    });
    expect(json.results[2].error).toEqual({ error: 'No encontrado', code: 'NOT_FOUND' });
    expect(await Promise.all([open, closed, early, other].map(statusOf))).toEqual([
      'no_show',
      'completed',
      'confirmed',
      'no_show',
    ]);
  });

  test('ask what one asks: the right to the state and to the appointment', async () => {
    const [mine, foreign] = [
      await past('confirmed'),
      await past('confirmed', { therapistId: await app.therapist() }),
    ];
    const refused = await bulk(desk, { ids: [mine], status: 'completed' });
    expect(refused.json.results).toMatchObject([{ ok: false, error: { code: 'INSUFFICIENT_PERMISSIONS' } }]);
    const { json } = await bulk(therapist, { ids: [foreign, mine], status: 'completed' });
    expect(json.results).toMatchObject([
      { id: foreign, ok: false, error: { code: 'NOT_FOUND' } },
      { id: mine, ok: true },
    ]);
    expect(await statusOf(foreign)).toBe('confirmed');
    for (const role of ['patient', 'supervisor'] as const) {
      expect((await bulk(await app.as(role), { ids: [mine], status: 'confirmed' })).status).toBe(403);
    }
  });

  test.each([
    [{ ids: [], status: 'confirmed' }, 'ids'],
    [{ ids: Array.from({ length: 201 }, (_, i) => i + 1), status: 'confirmed' }, 'ids'],
    [{ ids: [0], status: 'confirmed' }, 'ids.0'],
    [{ ids: ['1'], status: 'confirmed' }, 'ids.0'],
    [{ ids: [1], status: 'lost' }, 'status'],
    [{ ids: [1] }, 'status'],
  ])('refuses %j', async (body, field) => {
    const { status, json } = await bulk(admin, body);
    expect([status, Object.keys(json.details)]).toEqual([400, [field]]);
  });

  test('may be 200', async () => {
    const ids = Array.from({ length: 200 }, (_, i) => 900_000 + i);
    const { status, json } = await bulk(admin, { ids, status: 'confirmed' });
    expect([status, json.results.length]).toEqual([200, 200]);
  });
});
