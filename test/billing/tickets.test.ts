import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { appointments } from '../../src/modules/appointments/tables.ts';
import { ticketCounters, tickets } from '../../src/modules/billing/tables.ts';
import { type Client, startTestApp, type TestApp, unique } from '../harness.ts';

let app: TestApp;
let desk: Client;
let therapistId: number;

beforeAll(async () => {
  app = await startTestApp();
  desk = await app.as('receptionist');
  therapistId = await app.therapist();
  await app.services.db.insert(ticketCounters).values({ day: '2026-01-01', last: 999_999 });
});
afterAll(() => app.close());

const PATH = '/api/appointments/tickets/';

const issue = async (patientId: number, fields: Partial<typeof tickets.$inferInsert> = {}) => {
  const dateTime = Temporal.Now.instant();
  const values = { therapistId, patientId, dateTime, endsAt: dateTime, duration: 60, price: '50.00' };
  const [appointment] = await app.services.db.insert(appointments).values(values).$returningId();
  const [ticket] = await app.services.db
    .insert(tickets)
    .values({
      appointmentId: appointment?.id ?? 0,
      ticketNumber: `TKT-20260101-${String(unique()).padStart(6, '0')}`,
      amount: '50.00',
      ...fields,
    })
    .$returningId();
  return ticket?.id ?? 0;
};

const found = async (search: string, client: Client = desk): Promise<number[]> =>
  (await client.request('GET', `${PATH}?search=${search}&ordering=ticket_number`)).json.results.map(
    (row: { id: number }) => row.id,
  );

const paidAt = (text: string) =>
  ({ status: 'paid', paymentMethod: 'yape', paymentDate: Temporal.Instant.from(text) }) as const;

describe('reading', () => {
  test('a patient sees the own tickets and no other’s', async () => {
    const [me, other] = [await app.as('patient'), await app.as('patient')];
    const mine = await issue(me.patientId);
    const foreign = await issue(other.patientId, { description: 'Deuda de otra persona' });
    const one = await me.request('GET', `${PATH}${mine}/`);
    expect(Object.keys(one.json)).toEqual([
      'id',
      'appointment_id',
      'ticket_number',
      'amount',
      'payment_method',
      'status',
      'payment_date',
      'description',
    ]);
    const list = await me.request('GET', `${PATH}?page_size=100`);
    expect(list.json).toMatchObject({ count: 1, results: [{ id: mine }] });
    const filtered = await me.request('GET', `${PATH}?patient_id=${other.patientId}`);
    expect(filtered.json.results).toEqual([]);
    const refused = await me.request('GET', `${PATH}${foreign}/`);
    expect(refused.status).toBe(404);
    for (const { text } of [list, filtered, refused]) expect(text).not.toContain('Deuda de otra persona');
  });

  test('therapists and supervisors see none, and nobody makes or deletes one by hand', async () => {
    const id = await issue(await app.patient());
    for (const role of ['therapist', 'supervisor'] as const) {
      expect((await (await app.as(role)).request('GET', PATH)).status).toBe(403);
    }
    const admin = await app.as('administrator');
    expect((await admin.request('DELETE', `${PATH}${id}/`)).status).toBe(405);
    expect((await admin.request('POST', PATH, { body: {} })).status).toBe(405);
  });

  test('lists are filtered by state, method, patient, day of payment, and searched by number and name', async () => {
    const patient = await app.patient({ firstName: 'Óscar', paternalLastName: 'Ticketero' });
    const early = await issue(patient, paidAt('2026-05-02T04:59:00Z'));
    const late = await issue(patient, paidAt('2026-05-02T05:00:00Z'));
    const open = await issue(patient);
    const ids = async (query: string) =>
      (await desk.request('GET', `${PATH}?patient_id=${patient}&${query}`)).json.results.map(
        (row: { id: number }) => row.id,
      );
    expect(await ids('')).toEqual([open, late, early]);
    expect(await ids('status=pending')).toEqual([open]);
    expect(await ids('payment_method=yape&ordering=payment_date')).toEqual([early, late]);
    expect(await ids('date_from=2026-05-01&date_to=2026-05-01')).toEqual([early]);
    const { ticket_number } = (await desk.request('GET', `${PATH}${late}/`)).json;
    expect(await ids(`search=${ticket_number.toLowerCase()}`)).toEqual([late]);
    expect(await ids(`search=${ticket_number.slice(-6)}`)).toEqual([late]);
    expect(await ids('search=tkt-')).toHaveLength(3);
    for (const name of ['ticketero oscar', 'ÓSCAR keter', 'tk']) {
      expect(await ids(`search=${encodeURIComponent(name)}`)).toHaveLength(3);
    }
    expect(await ids('search=nobody')).toEqual([]);
    expect((await desk.request('GET', `${PATH}?status=lost`)).status).toBe(400);
  });

  test('digits are a day, a number, or the patient’s document or telephone', async () => {
    const owner = await app.patient({ documentNumber: '70031507', phone: '+51 977 031 507' });
    const other = await app.patient({ documentNumber: '61111112', phone: null });
    await app.services.db.insert(ticketCounters).values([
      { day: '2031-05-07', last: 31_508 },
      { day: '2031-05-08', last: 31_507 },
    ]);
    const first = await issue(owner, { ticketNumber: 'TKT-20310507-031507' });
    const next = await issue(other, { ticketNumber: 'TKT-20310507-031508' });
    const later = await issue(other, { ticketNumber: 'TKT-20310508-031507' });
    for (const day of ['20310507', 'tkt-20310507', 'TKT20310507', '20310507-03150', '2031050703150'])
      expect(await found(day)).toEqual([first, next]);
    expect(await found('203105')).toEqual([first, next, later]);
    for (const number of ['31507', '031507']) expect(await found(number)).toEqual([first, later]);
    expect(await found('031508')).toEqual([next]);
    expect(await found('20310508%20031507')).toEqual([later]);
    for (const ofOwner of ['70031507', '977031507', '7003']) expect(await found(ofOwner)).toEqual([first]);
    expect(await found('61111112')).toEqual([next, later]);
    for (const nothing of ['031509', '000000', '20310509', '310507-', '03150_'])
      expect(await found(nothing)).toEqual([]);
    expect(await found('20310507', await app.as('patient'))).toEqual([]);
  });
});

describe('correcting', () => {
  test('the amount while it is pending, the description always', async () => {
    const id = await issue(await app.patient());
    const changed = await desk.request('PATCH', `${PATH}${id}/`, {
      body: { amount: '45.5', description: 'Promoción' },
    });
    expect(changed.json).toMatchObject({ amount: '45.50', description: 'Promoción', status: 'pending' });

    const paid = await issue(await app.patient(), paidAt('2026-05-02T15:00:00Z'));
    const refused = await desk.request('PATCH', `${PATH}${paid}/`, { body: { amount: '1.00' } });
    expect([refused.status, refused.json.details.rule]).toEqual([400, 'ticket_not_payable']);
    const put = await desk.request('PUT', `${PATH}${paid}/`, {
      body: { amount: '50.00', description: 'Recibo' },
    });
    expect(put.json).toMatchObject({ amount: '50.00', description: 'Recibo', status: 'paid' });
  });

  test('never the number, the state or the payment', async () => {
    const id = await issue(await app.patient());
    const body = { status: 'paid', ticket_number: 'TKT-1', payment_method: 'efectivo', appointment_id: 1 };
    const { json } = await desk.request('PATCH', `${PATH}${id}/`, { body });
    expect(json).toMatchObject({ status: 'pending', payment_method: null });
    expect(json.ticket_number).not.toBe('TKT-1');
  });

  test('is not for patients, and heeds If-Match', async () => {
    const me = await app.as('patient');
    const path = `${PATH}${await issue(me.patientId)}/`;
    expect((await me.request('PATCH', path, { body: { amount: '0.00' } })).status).toBe(403);
    const headers = { 'if-match': (await desk.request('GET', path)).headers.get('etag') ?? '' };
    expect((await desk.request('PATCH', path, { body: { amount: '10.00' }, headers })).status).toBe(200);
    expect((await desk.request('PATCH', path, { body: { amount: '20.00' }, headers })).status).toBe(412);
    expect((await desk.request('GET', path)).json.amount).toBe('10.00');
  });
});
