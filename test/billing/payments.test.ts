import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { and, asc, eq } from 'drizzle-orm';
import { auditLog } from '../../src/db/audit.ts';
import type { appointments } from '../../src/modules/appointments/tables.ts';
import { payments, tickets } from '../../src/modules/billing/tables.ts';
import { at, existing, rulesOf } from '../appointments/clinic.ts';
import { type Instance, startInstances } from '../appointments/instances.ts';
import { type Answer, type Client, startTestApp, type TestApp, unique } from '../harness.ts';

let app: TestApp;
let desk: Client;
let admin: Client;
let therapistId: number;

beforeAll(async () => {
  app = await startTestApp();
  [desk, admin] = [await app.as('receptionist'), await app.as('administrator')];
  therapistId = await app.therapist();
});
afterAll(() => app.close());

type Fields = Partial<typeof appointments.$inferInsert> & { ticket?: Partial<typeof tickets.$inferInsert> };

/** A ticket of 50.00 that waits to be paid, unless `fields` says otherwise. */
async function issue(fields: Fields = {}) {
  const appointmentId = await existing(app, {
    patientId: await app.patient(),
    therapistId,
    starts: at(3, '10:00'),
    ...fields,
  });
  const [ticket] = await app.services.db
    .select({ id: tickets.id })
    .from(tickets)
    .where(eq(tickets.appointmentId, appointmentId));
  const id = ticket?.id ?? 0;
  return { id, appointmentId, path: `/api/appointments/tickets/${id}/` };
}

const pay = (path: string, body: object = { payment_method: 'yape' }, headers = {}): Promise<Answer> =>
  desk.request('POST', `${path}pay/`, { body, headers });
const refund = (path: string, body: object = { reason: 'La sesión no se dio' }): Promise<Answer> =>
  admin.request('POST', `${path}refund/`, { body });

const ledgerOf = (ticketId: number) =>
  app.services.db
    .select({
      kind: payments.kind,
      amount: payments.amount,
      paymentMethod: payments.paymentMethod,
      receivedBy: payments.receivedBy,
      description: payments.description,
    })
    .from(payments)
    .where(eq(payments.ticketId, ticketId))
    .orderBy(asc(payments.id));

describe('paying', () => {
  test('marks the ticket and enters the money in the ledger', async () => {
    const { id, path } = await issue();
    const before = Date.now();
    const { status, json } = await pay(path, {
      payment_method: 'efectivo',
      amount: '50',
      description: 'Recibo 0012',
    });
    expect([status, json]).toMatchObject([
      200,
      { id, status: 'paid', amount: '50.00', payment_method: 'efectivo', description: 'Recibo 0012' },
    ]);
    const paidAt = Temporal.Instant.from(json.payment_date).epochMilliseconds;
    expect(paidAt).toBeWithin(before - 1_000, Date.now() + 1);
    expect(await ledgerOf(id)).toEqual([
      {
        kind: 'payment',
        amount: '50.00',
        paymentMethod: 'efectivo',
        receivedBy: desk.userId,
        description: 'Recibo 0012',
      },
    ]);
    const trail = await app.services.db
      .select({ action: auditLog.action, actorId: auditLog.actorId })
      .from(auditLog)
      .where(and(eq(auditLog.entity, 'ticket'), eq(auditLog.entityId, String(id))));
    expect(trail).toEqual([{ action: 'update', actorId: desk.userId }]);
  });

  test.each(['paid', 'cancelled', 'refunded'] as const)('a %s ticket is refused', async (status) => {
    const { id, path } = await issue({ ticket: { status } });
    const answer = await pay(path);
    expect([answer.status, rulesOf(answer)]).toEqual([400, ['ticket_not_payable']]);
    expect(await ledgerOf(id)).toEqual([]);
  });

  test('the ticket of a cancelled appointment is refused, that of a no-show is not', async () => {
    const cancelled = await issue({ status: 'cancelled' });
    expect(rulesOf(await pay(cancelled.path))).toEqual(['ticket_not_payable']);
    expect((await pay((await issue({ status: 'no_show' })).path)).status).toBe(200);
  });

  test('another amount is refused, with every rule that is broken', async () => {
    const { id, path } = await issue();
    for (const amount of ['49.99', '50.01', '0'])
      expect(rulesOf(await pay(path, { payment_method: 'plin', amount }))).toEqual(['amount_mismatch']);
    expect(await ledgerOf(id)).toEqual([]);
    await pay(path);
    expect(rulesOf(await pay(path, { payment_method: 'plin', amount: '1' }))).toEqual([
      'ticket_not_payable',
      'amount_mismatch',
    ]);
  });

  test.each([
    [{}],
    [{ payment_method: 'bitcoin' }],
    [{ payment_method: 'yape', amount: 50 }],
    [{ payment_method: 'yape', amount: '-50.00' }],
    [{ payment_method: 'yape', description: 'x'.repeat(256) }],
  ])('%p is not a payment', async (body) => {
    const { status, json } = await pay((await issue()).path, body);
    expect([status, json.code]).toEqual([400, 'VALIDATION_ERROR']);
  });

  test('a repeated request gets the first answer, and heeds If-Match', async () => {
    const { id, path } = await issue();
    const stale = await pay(path, undefined, { 'if-match': '"old"' });
    expect(stale.status).toBe(412);
    const headers = { 'idempotency-key': `pay-${unique()}` };
    const [first, again] = [await pay(path, undefined, headers), await pay(path, undefined, headers)];
    expect(again.json).toEqual(first.json);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(await ledgerOf(id)).toHaveLength(1);
  });

  test('is the work of the desk: a patient cannot pay the own ticket', async () => {
    const me = await app.as('patient');
    const { id, path } = await issue({ patientId: me.patientId });
    for (const client of [me, await app.as('therapist'), await app.as('supervisor')]) {
      const body = { payment_method: 'otro', reason: 'x' };
      for (const what of ['pay/', 'refund/'])
        expect((await client.request('POST', `${path}${what}`, { body })).status).toBe(403);
    }
    expect((await desk.request('POST', `${path}refund/`, { body: { reason: 'x' } })).status).toBe(403);
    expect(await ledgerOf(id)).toEqual([]);
  });
});

describe('refunding', () => {
  test('gives the whole payment back the way it came, once', async () => {
    const { id, path } = await issue();
    expect(rulesOf(await refund(path))).toEqual(['ticket_not_payable']);
    const paid = await pay(path, { payment_method: 'tarjeta' });
    const { status, json } = await refund(path);
    expect([status, json]).toEqual([200, { ...paid.json, status: 'refunded' }]);
    expect(rulesOf(await refund(path))).toEqual(['ticket_not_payable']);
    expect(rulesOf(await pay(path))).toEqual(['ticket_not_payable']);
    expect(await ledgerOf(id)).toMatchObject([
      { kind: 'payment', amount: '50.00', paymentMethod: 'tarjeta', receivedBy: desk.userId },
      {
        kind: 'refund',
        amount: '50.00',
        paymentMethod: 'tarjeta',
        receivedBy: admin.userId,
        description: 'La sesión no se dio',
      },
    ]);
  });

  test('needs a reason', async () => {
    const { path } = await issue();
    await pay(path);
    for (const body of [{}, { reason: '' }, { reason: '  ' }]) {
      const { status, json } = await refund(path, body);
      expect([status, Object.keys(json.details)]).toEqual([400, ['reason']]);
    }
  });

  test('a paid ticket outlives its appointment’s cancellation until it is refunded', async () => {
    const { appointmentId, path } = await issue();
    await pay(path);
    await desk.request('DELETE', `/api/appointments/${appointmentId}/`);
    expect((await desk.request('GET', path)).json.status).toBe('paid');
    expect((await refund(path)).json.status).toBe('refunded');
  });
});

test('twenty desks at two instances: one payment, then one refund', async () => {
  const { instances, stop } = await startInstances(app, 2);
  try {
    const { id, path } = await issue();
    const race = (client: Client, what: string, body: object) =>
      Promise.all(
        Array.from({ length: 20 }, (_, n) =>
          (instances[n % 2] as Instance).request('POST', `${path}${what}/`, client.token, body),
        ),
      );
    for (const replies of [
      await race(desk, 'pay', { payment_method: 'efectivo' }),
      await race(admin, 'refund', { reason: 'Doble clic' }),
    ]) {
      expect(replies.filter(({ status }) => status === 200)).toHaveLength(1);
      expect(replies.filter(({ json }) => json.details?.rule === 'ticket_not_payable')).toHaveLength(19);
    }
    expect((await ledgerOf(id)).map(({ kind }) => kind)).toEqual(['payment', 'refund']);
  } finally {
    expect(await stop()).toEqual([0, 0]);
  }
}, 60_000);

test('a cancellation and a payment at the same time agree', async () => {
  for (const _ of [1, 2, 3, 4, 5]) {
    const { id, appointmentId, path } = await issue();
    const [paid, cancelled] = await Promise.all([
      pay(path),
      desk.request('DELETE', `/api/appointments/${appointmentId}/`),
    ]);
    expect(cancelled.status).toBe(200);
    const { json } = await desk.request('GET', path);
    expect(json.status).toBe(paid.status === 200 ? 'paid' : 'cancelled');
    expect(await ledgerOf(id)).toHaveLength(paid.status === 200 ? 1 : 0);
  }
});

const list = async (price: string) => {
  const name = `Tipo ${unique()}`;
  await admin.request('POST', '/api/predetermined-prices/', { body: { name, price } });
  return name;
};
const reprice = (appointmentId: number, type: string | null) =>
  desk.request('PUT', `/api/appointments/${appointmentId}/`, { body: { appointment_type: type } });
const pricesOf = async (appointmentId: number) => {
  const { json } = await desk.request('GET', `/api/appointments/${appointmentId}/`);
  return [json.price, json.ticket.amount];
};

describe('another type of appointment', () => {
  test('gives the appointment and its pending ticket its price, or the default one', async () => {
    const { appointmentId } = await issue();
    await reprice(appointmentId, await list('72.50'));
    expect(await pricesOf(appointmentId)).toEqual(['72.50', '72.50']);
    await reprice(appointmentId, `Tipo sin precio ${unique()}`);
    expect(await pricesOf(appointmentId)).toEqual(['0.00', '0.00']);
    await reprice(appointmentId, await list('65.00'));
    await admin.request('POST', '/api/predetermined-prices/', {
      body: { name: `General ${unique()}`, price: '40.00', is_default: true },
    });
    await reprice(appointmentId, null);
    expect(await pricesOf(appointmentId)).toEqual(['40.00', '40.00']);
  });

  test('of the same price leaves what the desk has corrected', async () => {
    const { appointmentId, path } = await issue();
    await desk.request('PATCH', path, { body: { amount: '45.00' } });
    await reprice(appointmentId, await list('50.00'));
    expect(await pricesOf(appointmentId)).toEqual(['50.00', '45.00']);
  });

  test('changes nothing once the ticket is paid', async () => {
    const { appointmentId, path } = await issue();
    await pay(path);
    await reprice(appointmentId, await list('99.00'));
    expect(await pricesOf(appointmentId)).toEqual(['50.00', '50.00']);
  });
});
