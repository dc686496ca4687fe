import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { and, count, eq } from 'drizzle-orm';
import { auditLog } from '../../src/db/audit.ts';
import { appointments } from '../../src/modules/appointments/tables.ts';
import { payments, tickets } from '../../src/modules/billing/tables.ts';
import { diagnoses, treatments } from '../../src/modules/clinical/tables.ts';
import { deliveries, notifications } from '../../src/modules/notifications/tables.ts';
import { patients } from '../../src/modules/patients/tables.ts';
import { sessions, users } from '../../src/modules/users/tables.ts';
import { plain } from '../../src/search-text.ts';
import { type Client, startTestApp, type TestApp, unique } from '../harness.ts';

let app: TestApp;
let admin: Client;
let desk: Client;

beforeAll(async () => {
  app = await startTestApp();
  admin = await app.as('administrator');
  desk = await app.as('receptionist');
});
afterAll(() => app.close());

/** A word that nobody else has. */
const mark = () =>
  [...String(unique())]
    .map((digit) => 'abcdefghij'[Number(digit)])
    .join('')
    .padStart(4, 'z');

/** What is known of a person, and what is written about them, each in words that are nobody else's. */
const secretsOf = (mark: string) => ({
  fields: {
    first_name: `Xiomara${mark}`,
    paternal_last_name: `Zevallos${mark}`,
    phone: `+51 955 ${unique() + 100_000}`,
    email: `xiomara.${mark}@example.com`,
    address: `Jr. Escondido ${mark}`,
    health_condition: `Migraña crónica ${mark}`,
    emergency_contact: `Teófilo ${mark}`,
  },
  reason: `motivo ${mark}`,
  notes: `nota ${mark}`,
  symptoms: `síntoma ${mark}`,
  plan: `plan ${mark}`,
  remark: `glosa ${mark}`,
  notice: `aviso ${mark}`,
});

const insertedId = async (insert: Promise<[{ insertId: number }, unknown]>) => (await insert)[0].insertId;

type Story = Client & { documentNumber: string; ticketId: number; secrets: ReturnType<typeof secretsOf> };

/** A patient with an account, a past appointment that was paid, a diagnosis, a treatment, a notification. */
async function someoneWithAStory(ticket: Partial<typeof tickets.$inferInsert> = {}): Promise<Story> {
  const { db } = app.services;
  const secrets = secretsOf(mark());
  const { fields, reason, notes, symptoms, plan, remark, notice } = secrets;
  const [me, therapistId] = [
    await app.as('patient', { photo: `photos/${unique()}/a.jpg` }),
    await app.therapist(),
  ];
  const { patientId, userId } = me;
  const documentNumber = String(80_000_000 + unique());
  const path = `/api/patients/${patientId}/`;
  const change = await desk.request('PATCH', path, { body: { ...fields, document_number: documentNumber } });
  expect(change.status).toBe(200);
  const otherId = await app.patient({ firstName: 'Otra', documentNumber: String(80_000_000 + unique()) });
  const dateTime = Temporal.Now.instant().subtract({ hours: 200 });
  const at = { dateTime, endsAt: dateTime.add({ hours: 1 }), duration: 60, price: '50.00', therapistId };
  const said = { reason, notes, status: 'completed' as const };
  const appointmentId = await insertedId(db.insert(appointments).values({ patientId, ...at, ...said }));
  await db
    .insert(appointments)
    .values({ patientId: otherId, ...at, reason: 'asunto ajeno', status: 'completed' });
  const ticketNumber = `TKT-20260101-${String(unique()).padStart(6, '0')}`;
  const paid = { status: 'paid' as const, paymentMethod: 'yape' as const, paymentDate: dateTime };
  const ticketId = await insertedId(
    db.insert(tickets).values({
      appointmentId,
      ticketNumber,
      amount: '50.00',
      description: remark,
      ...paid,
      ...ticket,
    }),
  );
  await db.insert(payments).values({
    ticketId,
    kind: 'payment',
    amount: '50.00',
    paymentMethod: 'yape',
    paidAt: dateTime,
    description: remark,
    createdAt: dateTime,
  });
  const diagnosis = {
    name: 'Cefalea',
    symptoms,
    treatmentPlan: plan,
    code: 'R51',
  };
  const ofBoth = { patientId, therapistId };
  await db.insert(diagnoses).values({ ...ofBoth, ...diagnosis, diagnosisDate: '2026-01-01' });
  await db
    .insert(treatments)
    .values({ ...ofBoth, treatmentType: 'therapy', description: plan, startDate: '2026-01-01' });
  const told = { kind: 'appointment_status' as const, title: 'Aviso', createdAt: dateTime };
  const notificationId = await insertedId(
    db
      .insert(notifications)
      .values({ ...told, userId, patientId, eventKey: `story-${unique()}`, body: notice }),
  );
  await db
    .insert(deliveries)
    .values({ notificationId, channel: 'email', state: 'failed', error: `${fields.email} does not exist` });
  await db.insert(notifications).values({
    ...told,
    therapistId,
    eventKey: `story-${unique()}`,
    body: `La cita con ${fields.first_name} ${fields.paternal_last_name} Huamán fue cancelada.`,
  });
  return { ...me, documentNumber, ticketId, secrets };
}

const exported = (client: Client, id: number) => client.request('GET', `/api/patients/${id}/export/`);
const anonymise = (client: Client, id: number, confirm: string) =>
  client.request('POST', `/api/patients/${id}/anonymise/`, {
    body: { confirm, reason: 'A pedido, carta 12-2026' },
  });

describe('the data of a patient', () => {
  test('is handed out whole, in one file, and nobody else’s with it', async () => {
    const me = await someoneWithAStory();
    const { status, json, text, headers } = await exported(me, me.patientId);
    expect(status).toBe(200);
    expect(headers.get('content-disposition')).toBe(`attachment; filename="paciente-${me.patientId}.json"`);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(Object.keys(json)).toEqual([
      'exported_at',
      'patient',
      'account',
      'sessions',
      'appointments',
      'tickets',
      'payments',
      'diagnoses',
      'treatments',
      'medical_histories',
      'emergency_access',
      'notifications',
      'notification_deliveries',
      'notification_opt_outs',
      'notification_preferences',
      'push_subscriptions',
    ]);
    expect(json.patient).toMatchObject({ ...me.secrets.fields, document_number: me.documentNumber });
    const { fields: _, ...written } = me.secrets;
    for (const words of Object.values(written)) expect(text).toContain(words);
    expect(json.appointments[0].date_time).toMatch(/-05:00$/);
    for (const secret of ['password', 'hash', 'asunto ajeno', 'refresh']) expect(text).not.toContain(secret);
    const [entry] = await app.services.db
      .select()
      .from(auditLog)
      .where(and(eq(auditLog.action, 'export'), eq(auditLog.entityId, String(me.patientId))));
    expect(entry).toMatchObject({ actorId: me.userId, entity: 'patient', after: null });
    expect((await exported(admin, me.patientId)).json.patient.id).toBe(me.patientId);
  });

  test('is nobody else’s to have', async () => {
    const [me, other] = [await app.as('patient'), await app.as('patient')];
    const [foreign, absent] = [await exported(other, me.patientId), await exported(other, 999_999)];
    expect([foreign.status, absent.status]).toEqual([404, 404]);
    for (const client of [desk, await app.as('therapist'), await app.as('supervisor')])
      expect((await exported(client, me.patientId)).status).toBe(403);
  });
});

const countOf = async (table: typeof appointments | typeof tickets | typeof payments) =>
  (await app.services.db.select({ n: count() }).from(table))[0]?.n;

describe('anonymising', () => {
  test('leaves nothing in the whole database that says who it was, and all of the books', async () => {
    const me = await someoneWithAStory();
    await app.services.files.save(`photos/${me.userId}/x.jpg`, new Uint8Array([1]));
    await app.services.db
      .update(users)
      .set({ photo: `photos/${me.userId}/x.jpg` })
      .where(eq(users.id, me.userId));
    const headers = { 'idempotency-key': `mine-${unique()}` };
    const slot = {
      patient_id: me.patientId,
      therapist_id: await app.therapist(),
      date_time: tomorrowAtTen(),
    };
    const booked = await desk.request('POST', '/api/appointments/', { body: slot, headers });
    expect(booked.status).toBe(201);
    await desk.request(
      'DELETE',
      `/api/appointments/${booked.json.id}/?reason=${encodeURIComponent(me.secrets.reason)}`,
    );

    const books = await Promise.all([countOf(appointments), countOf(tickets), countOf(payments)]);
    const { status, json } = await anonymise(admin, me.patientId, me.documentNumber);
    expect([status, Object.keys(json)]).toEqual([200, ['success_message']]);

    const everything = await wholeDatabase();
    const { fields, ...written } = me.secrets;
    const gone = [...Object.values(fields), ...Object.values(written), me.documentNumber];
    for (const secret of gone) expect([secret, tablesWith(everything, secret)]).toEqual([secret, []]);
    expect(tablesWith(everything, 'asunto ajeno')).toEqual(['appointments']);

    expect(await Promise.all([countOf(appointments), countOf(tickets), countOf(payments)])).toEqual(books);
    const [paid] = await app.services.db.select().from(payments).where(eq(payments.ticketId, me.ticketId));
    expect(paid).toMatchObject({ amount: '50.00', paymentMethod: 'yape', description: null });
    const [coded] = await app.services.db
      .select()
      .from(diagnoses)
      .where(eq(diagnoses.patientId, me.patientId));
    expect(coded).toMatchObject({ code: 'R51', name: 'Cefalea', symptoms: 'Anonimizado' });
    expect(await app.services.files.open(`photos/${me.userId}/x.jpg`)).toBeNull();
  });

  test('closes the account at once', async () => {
    const me = await someoneWithAStory();
    expect((await me.request('GET', '/api/auth/verify/')).status).toBe(200);
    await anonymise(admin, me.patientId, 'ANONIMIZAR');
    expect((await me.request('GET', '/api/auth/verify/')).status).toBe(401);
    const [account] = await app.services.db.select().from(users).where(eq(users.id, me.userId));
    expect(account).toMatchObject({ isActive: false, username: `anonimo-${me.userId}`, phone: null });
    const open = await app.services.db.select().from(sessions).where(eq(sessions.userId, me.userId));
    expect(open.every(({ revokedAt, ip, device }) => revokedAt && !ip && !device)).toBe(true);
  });

  test('needs the confirmation, and changes nothing without', async () => {
    const me = await someoneWithAStory();
    const { status, json } = await anonymise(admin, me.patientId, 'sí');
    expect([status, Object.keys(json.details)]).toEqual([400, ['confirm']]);
    expect((await admin.request('GET', `/api/patients/${me.patientId}/`)).json.first_name).toBe(
      me.secrets.fields.first_name,
    );
    expect((await anonymise(admin, 999_999, 'ANONIMIZAR')).status).toBe(404);
    for (const client of [desk, me, await app.as('supervisor'), await app.as('therapist')])
      expect((await anonymise(client, me.patientId, 'ANONIMIZAR')).status).toBe(403);
  });

  test('a second time changes nothing', async () => {
    const me = await someoneWithAStory();
    await anonymise(admin, me.patientId, 'ANONIMIZAR');
    const [before] = await app.services.db.select().from(patients).where(eq(patients.id, me.patientId));
    const again = await anonymise(admin, me.patientId, 'ANONIMIZAR');
    expect(again.status).toBe(200);
    const [after] = await app.services.db.select().from(patients).where(eq(patients.id, me.patientId));
    expect(after).toEqual(before);
  });

  test('waits for appointments that are to come, and for what is owed', async () => {
    const me = await someoneWithAStory({ status: 'pending', paymentDate: null, paymentMethod: null });
    const owed = await anonymise(admin, me.patientId, 'ANONIMIZAR');
    expect([owed.status, owed.json.details.rule]).toEqual([400, 'has_pending_tickets']);
    const slot = {
      patient_id: me.patientId,
      therapist_id: await app.therapist(),
      date_time: tomorrowAtTen(),
    };
    expect((await desk.request('POST', '/api/appointments/', { body: slot })).status).toBe(201);
    const expected = await anonymise(admin, me.patientId, 'ANONIMIZAR');
    expect([expected.status, expected.json.details.rule]).toEqual([400, 'has_upcoming_appointments']);
    expect((await admin.request('GET', `/api/patients/${me.patientId}/`)).json.first_name).toBe(
      me.secrets.fields.first_name,
    );
  });

  test('keeps in the audit log who asked for it and why, and no other detail', async () => {
    const me = await someoneWithAStory();
    await anonymise(admin, me.patientId, 'ANONIMIZAR');
    const ofPatient = await app.services.db
      .select()
      .from(auditLog)
      .where(and(eq(auditLog.entity, 'patient'), eq(auditLog.entityId, String(me.patientId))));
    expect(ofPatient.length).toBeGreaterThan(0);
    expect(ofPatient.every(({ before, after }) => !before && !after)).toBe(true);
    const [entry] = await app.services.db
      .select()
      .from(auditLog)
      .where(and(eq(auditLog.action, 'anonymise'), eq(auditLog.entityId, String(me.patientId))));
    expect(entry).toMatchObject({ actorId: admin.userId, after: { reason: 'A pedido, carta 12-2026' } });
  });
});

const tomorrowAtTen = () =>
  `${Temporal.Now.plainDateISO('America/Lima').add({ days: 1 }).toString()}T${10 + (unique() % 7)}:00`;

/** Every row of every table as plain text, by table; but for the dictionary of words, which names no records. */
async function wholeDatabase(): Promise<Map<string, string>> {
  const { session } = app.services.db as unknown as { session: { client: RawClient } };
  const [tables] = await session.client.query('show tables');
  const texts = new Map<string, string>();
  for (const name of tables.flatMap((row) => Object.values(row)).map(String)) {
    if (name === 'patient_word_parts') continue;
    const [rows] = await session.client.query(`select * from \`${name}\``);
    texts.set(name, plain(JSON.stringify(rows)));
  }
  return texts;
}
type RawClient = { query: (sql: string) => Promise<[Record<string, unknown>[], unknown]> };

const tablesWith = (texts: Map<string, string>, secret: string): string[] =>
  [...texts].filter(([, text]) => text.includes(plain(secret))).map(([name]) => name);
