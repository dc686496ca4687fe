import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eq } from 'drizzle-orm';
import { pino } from 'pino';
import PostalMime from 'postal-mime';
import { notifications, pushSubscriptions } from '../../src/modules/notifications/tables.ts';
import { type Client, startTestApp, type TestApp } from '../harness.ts';
import { deliveriesOf, type Queued, runJob, takeJobs } from './jobs.ts';
import { startMailServer } from './mail-server.ts';
import { makeBrowser, makeVapidKeys, startPushService } from './push-service.ts';
import { startSmsProvider } from './sms-provider.ts';

let app: TestApp;
let mail: Awaited<ReturnType<typeof startMailServer>>;
let sms: ReturnType<typeof startSmsProvider>;
let push: ReturnType<typeof startPushService>;
let vapid: Awaited<ReturnType<typeof makeVapidKeys>>;
let therapistId: number;
let desk: Client;

beforeAll(async () => {
  mail = await startMailServer();
  sms = startSmsProvider();
  push = startPushService();
  vapid = await makeVapidKeys();
  app = await startTestApp({
    DEBUG: 'true',
    CLINIC_NAME: 'Centro "Vida & Salud"',
    PUBLIC_URL: 'https://clinic.example',
    SMTP_URL: mail.url,
    SMS_BASE_URL: sms.url,
    SMS_ACCOUNT_SID: 'AC1',
    SMS_AUTH_TOKEN: 'sms secret',
    SMS_FROM: '+15005550006',
    VAPID_PUBLIC_KEY: vapid.publicKey,
    VAPID_PRIVATE_KEY: vapid.privateKey,
    VAPID_SUBJECT: 'mailto:it@clinic.example',
  });
  therapistId = await app.therapist({ email: 'julio@clinic.example' });
  desk = await app.as('receptionist');
});

afterAll(async () => {
  await push.close();
  await sms.close();
  await mail.close();
  await app.close();
});

beforeEach(() => {
  mail.reset();
  sms.requests.length = 0;
  push.received.length = 0;
  sms.state.answer = sms.accepted;
  push.state.status = () => 201;
});

let hours = 0;
/** A free time of the therapist: each call the next one, from three days on. */
function nextTime(): string {
  const day = Temporal.Now.zonedDateTimeISO('America/Lima').add({ days: 3 + Math.floor(hours / 9) });
  const hour = 9 + (hours++ % 9);
  return `${day.toPlainDate().toString()}T${String(hour).padStart(2, '0')}:00:00-05:00`;
}

async function book(patientId: number, fields: Record<string, unknown> = {}) {
  const answer = await desk.request('POST', '/api/appointments/', {
    body: { patient_id: patientId, therapist_id: therapistId, date_time: nextTime(), ...fields },
  });
  expect(answer.status).toBe(201);
  const [job, ...others] = await takeJobs(app);
  if (job === undefined || others.length > 0) throw new Error('a booking makes one job');
  return { job, appointmentId: Number(answer.json.id) };
}

/** A patient with an account and a browser. */
async function patientWithBrowser(language: 'es' | 'en' = 'es') {
  const client = await app.as('patient', { language });
  const browser = await makeBrowser();
  const endpoint = push.endpoint(`p${client.patientId}`);
  const answer = await client.request('POST', '/api/notifications/push-subscriptions/', {
    body: { endpoint, expirationTime: null, keys: browser.keys },
  });
  expect(answer.status).toBe(201);
  return { ...client, browser, endpoint, key: `patient-${client.patientId}` };
}

describe('a booking', () => {
  test('sends one mail, one SMS and one push, and says so in the notification', async () => {
    const patient = await patientWithBrowser();
    const { job, appointmentId } = await book(patient.patientId, {
      reason: 'dolor lumbar',
      room: 'Consultorio 2',
    });
    expect(await runJob(app, job)).toBeNull();

    const sent = await deliveriesOf(app, job.id, patient.key);
    expect(sent.count).toBe(3);
    for (const channel of ['email', 'sms', 'push'] as const) {
      expect(sent[channel]).toMatchObject({ state: 'sent', attempts: 1, error: null });
    }

    expect(mail.count()).toBe(1);
    const [letter] = await mail.mails();
    expect(letter?.subject).toStartWith('Confirmación de su cita: ');
    expect(letter?.to).toEqual([
      expect.objectContaining({
        name: 'Rosa Quispe Huamán',
        address: `patient${letter?.to?.[0]?.address?.match(/\d+/)?.[0]}@example.com`,
      }),
    ]);
    expect(letter?.messageId).toMatch(/^<delivery-\d+-[a-z0-9]+@clinic\.example>$/);
    expect(letter?.messageId).toBe(sent.email.providerId ?? '');
    expect(letter?.text).toContain('Julio Ramos Flores');
    expect(letter?.html).toContain('Centro &quot;Vida &amp; Salud&quot;');
    expect(letter?.raw).not.toContain('lumbar');
    const calendar = letter?.attachments.find(({ filename }) => filename === `cita-${appointmentId}.ics`);
    const ics = new TextDecoder().decode(calendar?.content as ArrayBuffer);
    expect(ics).toContain(`UID:appointment-${appointmentId}@clinic.example`);
    expect(ics).not.toContain('lumbar');

    expect(sms.requests).toHaveLength(1);
    const [text] = sms.requests;
    expect(text).toMatchObject({
      path: '/2010-04-01/Accounts/AC1/Messages.json',
      authorization: `Basic ${btoa('AC1:sms secret')}`,
      form: { From: '+15005550006', To: '+51900000001' },
    });
    expect(text?.key).toMatch(/^delivery-\d+-[a-z0-9]+$/);
    expect(text?.form['Body']).toContain('su cita está reservada para el ');
    expect(sent.sms.providerId).toBe('SM0');

    expect(push.received).toHaveLength(1);
    const [pushed] = push.received;
    if (pushed === undefined) throw new Error('nothing was pushed');
    expect(pushed.headers.get('content-encoding')).toBe('aes128gcm');
    expect(pushed.headers.get('ttl')).toBe('86400');
    const payload = await patient.browser.open(pushed.body);
    expect(payload).toMatchObject({
      lang: 'es',
      title: 'Confirmación de su cita',
      data: { kind: 'appointment_confirmation' },
    });
    expect(payload.body).toBe(text?.form['Body'] ?? '');
  });

  test('signs the push as RFC 8292 has it', async () => {
    const patient = await patientWithBrowser();
    const { job } = await book(patient.patientId);
    await runJob(app, job);
    const [, token = '', key] =
      /^vapid t=([\w.-]+), k=([\w-]+)$/.exec(push.received[0]?.headers.get('authorization') ?? '') ?? [];
    expect(key).toBe(vapid.publicKey);
    const [head = '', claims = '', signature = ''] = token.split('.');
    expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toMatchObject({
      aud: push.origin,
      sub: 'mailto:it@clinic.example',
    });
    const valid = await crypto.subtle.verify(
      { name: 'ECDSA', hash: 'SHA-256' },
      vapid.verifier,
      Buffer.from(signature, 'base64url'),
      Buffer.from(`${head}.${claims}`),
    );
    expect(valid).toBe(true);
  });

  test('is told once, however often its job runs', async () => {
    const patient = await patientWithBrowser();
    const { job } = await book(patient.patientId);
    await runJob(app, job);
    expect(await runJob(app, job)).toBeNull();
    expect([mail.count(), sms.requests.length, push.received.length]).toEqual([1, 1, 1]);
    expect((await deliveriesOf(app, job.id, patient.key)).count).toBe(3);
  });

  test('speaks English to whom asked for it', async () => {
    const patient = await patientWithBrowser('en');
    const { job } = await book(patient.patientId);
    await runJob(app, job);
    const [letter] = await mail.mails();
    expect(letter?.subject).toStartWith('Your appointment is booked: ');
    expect(letter?.html).toContain('<html lang="en">');
    expect(letter?.text).toContain('Hello Rosa Quispe Huamán,');
    expect(sms.requests[0]?.form['Body']).toContain('your appointment is booked for ');
  });

  test('skips what the patient has no address for', async () => {
    const patientId = await app.patient({ phone: null, email: 'ana@example.com' });
    const { job } = await book(patientId);
    expect(await runJob(app, job)).toBeNull();
    const sent = await deliveriesOf(app, job.id, `patient-${patientId}`);
    expect(sent.email.state).toBe('sent');
    expect(sent.sms).toMatchObject({ state: 'skipped', attempts: 0, error: 'no_number' });
    expect(sent.push).toMatchObject({ state: 'skipped', attempts: 0, error: 'no_subscription' });
    const [row] = await app.services.db
      .select()
      .from(notifications)
      .where(eq(notifications.patientId, patientId));
    expect(row?.userId).toBeNull();
  });

  test('keeps a name from writing headers or markup of its own', async () => {
    const patientId = await app.patient({
      firstName: 'Eva\r\nBcc: thief@example.com\r\n\r\nHola',
      paternalLastName: '<script>alert(1)</script>',
      email: 'eva@example.com',
    });
    const { job } = await book(patientId);
    expect(await runJob(app, job)).toBeNull();
    const [letter] = await mail.mails();
    expect(letter?.bcc).toBeUndefined();
    expect(letter?.to?.map(({ address }) => address)).toEqual(['eva@example.com']);
    expect(letter?.headers.map(({ key }) => key)).not.toContain('bcc');
    expect(letter?.html).not.toContain('<script>');
    expect(letter?.html).toContain('&lt;script&gt;');
    expect(mail.count()).toBe(1);
  });
});

describe('a failing channel', () => {
  test('is tried again, and the others do not send twice', async () => {
    mail.state.atEnd = (nth) => (nth === 0 ? { code: 451, text: 'rosa@example.com later' } : undefined);
    const patient = await patientWithBrowser();
    const { job } = await book(patient.patientId);
    expect(await runJob(app, job, 1)).toBeInstanceOf(Error);
    const between = await deliveriesOf(app, job.id, patient.key);
    expect(between.email).toMatchObject({ state: 'queued', attempts: 1 });
    expect(between.email.error).toContain('451');
    expect(between.email.error).not.toContain('@');

    expect(await runJob(app, job, 2)).toBeNull();
    const after = await deliveriesOf(app, job.id, patient.key);
    expect(after.email).toMatchObject({ state: 'sent', attempts: 2, error: null });
    expect([mail.count(), sms.requests.length, push.received.length]).toEqual([1, 1, 1]);
  });

  test('is not even tried again when the mail server has only cut a kept connection', async () => {
    for (const wanted of [1, 2]) {
      const patient = await patientWithBrowser();
      const { job } = await book(patient.patientId);
      expect(await runJob(app, job, 1)).toBeNull();
      expect(mail.count()).toBe(wanted);
      mail.hangUp();
    }
  });

  test('has the same Message-ID and key at each attempt', async () => {
    sms.state.answer = (nth) => (nth === 0 ? new Response('busy', { status: 503 }) : sms.accepted(nth));
    const patient = await patientWithBrowser();
    const { job } = await book(patient.patientId);
    await runJob(app, job, 1);
    await runJob(app, job, 2);
    expect(sms.requests).toHaveLength(2);
    expect(sms.requests[0]?.key).toBe(sms.requests[1]?.key ?? '');
    expect(mail.count()).toBe(1);
  });

  test('is not tried again when the provider refuses for good', async () => {
    const refusal = { code: 21_211, message: "The 'To' number +51900000001 is not valid" };
    sms.state.answer = () => Response.json(refusal, { status: 400 });
    mail.state.atRecipient = () => ({ code: 550, text: 'No such user rosa@example.com' });
    const patient = await patientWithBrowser();
    const { job } = await book(patient.patientId);
    expect(await runJob(app, job)).toBeNull();
    const sent = await deliveriesOf(app, job.id, patient.key);
    expect(sent.sms).toMatchObject({ state: 'failed', attempts: 1, error: 'HTTP 400, code 21211' });
    expect(sent.email).toMatchObject({ state: 'failed', attempts: 1 });
    expect(sent.email.error).toBe('SMTP 550 EENVELOPE');
    expect(sent.push.state).toBe('sent');
  });

  test('has failed after the last attempt; a retry by hand begins anew', async () => {
    sms.state.answer = () => new Response('busy', { status: 429 });
    const patient = await patientWithBrowser();
    const { job } = await book(patient.patientId);
    for (const attempt of [1, 2, 3]) expect(await runJob(app, job, attempt)).toBeInstanceOf(Error);
    const failed = await deliveriesOf(app, job.id, patient.key);
    expect(failed.sms).toMatchObject({ state: 'failed', attempts: 3, error: 'HTTP 429' });
    expect(failed.email.state).toBe('sent');

    sms.state.answer = sms.accepted;
    expect(await runJob(app, job, 1)).toBeNull();
    expect((await deliveriesOf(app, job.id, patient.key)).sms).toMatchObject({ state: 'sent', attempts: 4 });
    expect(mail.count()).toBe(1);
  });

  test('does not say more than it must when nobody answers', async () => {
    const down = await startTestApp({
      SMTP_URL: 'smtp://127.0.0.1:1',
      SMS_BASE_URL: 'http://127.0.0.1:1',
      SMS_ACCOUNT_SID: 'AC1',
      SMS_AUTH_TOKEN: 'sms secret',
      SMS_FROM: '+15005550006',
    });
    const patientId = await down.patient({ email: 'ana@example.com' });
    const { job } = await bookAt(down, patientId, await down.therapist());
    const error = await runJob(down, job, 3);
    expect(error?.message).toBe('2 of 2 deliveries did not succeed');
    const sent = await deliveriesOf(down, job.id, `patient-${patientId}`);
    expect(sent.email).toMatchObject({ state: 'failed', error: 'SMTP ESOCKET' });
    expect(sent.sms.state).toBe('failed');
    expect(sent.sms.error).not.toContain('127.0.0.1');
    expect(sent.push).toMatchObject({ state: 'skipped', error: 'not_configured' });
    await down.close();
  });
});

describe('an ended push subscription', () => {
  test('is forgotten; the other browsers get the message', async () => {
    const patient = await patientWithBrowser();
    const second = await makeBrowser();
    await patient.request('POST', '/api/notifications/push-subscriptions/', {
      body: { endpoint: push.endpoint(`q${patient.patientId}`), keys: second.keys },
    });
    push.state.status = (path) => (path.startsWith('/p') ? 410 : 201);
    const { job } = await book(patient.patientId);
    expect(await runJob(app, job)).toBeNull();
    expect((await deliveriesOf(app, job.id, patient.key)).push.state).toBe('sent');
    const left = await app.services.db
      .select()
      .from(pushSubscriptions)
      .where(eq(pushSubscriptions.userId, patient.userId));
    expect(left.map(({ endpoint }) => endpoint)).toEqual([push.endpoint(`q${patient.patientId}`)]);
  });

  test('leaves the delivery skipped when it was the only one', async () => {
    const patient = await patientWithBrowser();
    push.state.status = () => 404;
    const { job } = await book(patient.patientId);
    expect(await runJob(app, job)).toBeNull();
    expect((await deliveriesOf(app, job.id, patient.key)).push).toMatchObject({
      state: 'skipped',
      error: 'no_subscription',
    });
  });
});

describe('changes', () => {
  test('of the state are told to the patient', async () => {
    const patient = await patientWithBrowser();
    const { appointmentId } = await book(patient.patientId);
    const answer = await desk.request('PATCH', `/api/appointments/${appointmentId}/status/`, {
      body: { status: 'confirmed' },
    });
    expect(answer.status).toBe(200);
    await runJob(app, await lastJob());
    expect((await mail.mails()).map(({ subject }) => subject)).toEqual([
      expect.stringMatching(/^Su cita está confirmada: \w+/),
    ]);
    expect(push.received).toHaveLength(1);
  });

  test('of the time are told to the patient, with the calendar entry', async () => {
    const patient = await patientWithBrowser();
    const { appointmentId } = await book(patient.patientId);
    const answer = await desk.request('PUT', `/api/appointments/${appointmentId}/`, {
      body: { date_time: nextTime() },
    });
    expect(answer.status).toBe(200);
    const job = await lastJob();
    await runJob(app, job);
    expect((await mail.mails()).map(({ subject }) => subject)).toEqual([
      expect.stringMatching(/^Su cita ha cambiado: \w+/),
    ]);
    const [letter] = await mail.mails();
    expect(letter?.attachments.map(({ filename }) => filename)).toContain(`cita-${appointmentId}.ics`);
    const [row] = await app.services.db
      .select({ kind: notifications.kind })
      .from(notifications)
      .where(eq(notifications.eventKey, `${job.id}:${patient.key}`));
    expect(row?.kind).toBe('appointment_status');
  });

  test('by cancellation are told to the patient and to the therapist', async () => {
    const patient = await patientWithBrowser();
    const { appointmentId } = await book(patient.patientId);
    const answer = await desk.request('DELETE', `/api/appointments/${appointmentId}/`);
    expect(answer.status).toBe(200);
    const job = await lastJob();
    await runJob(app, job);
    expect((await deliveriesOf(app, job.id, patient.key)).count).toBe(3);
    const toTherapist = await deliveriesOf(app, job.id, `therapist-${therapistId}`);
    expect(toTherapist).toMatchObject({
      count: 3,
      email: { state: 'sent' },
      sms: { state: 'sent' },
      push: { state: 'skipped' },
    });
    const letter = (await mail.mails()).find(({ to }) => to?.[0]?.address === 'julio@clinic.example');
    expect(letter?.subject).toStartWith('Cita cancelada: ');
    expect(letter?.text).toContain('Rosa Quispe Huamán');
    const text = sms.requests.find(({ form }) => form['To'] === '+51900000002');
    expect(text?.form['Body']).not.toContain('Rosa');
    expect(mail.count()).toBe(2);
    expect(sms.requests).toHaveLength(2);
  });
});

test('a channel that the person switched off is skipped', async () => {
  const patient = await patientWithBrowser();
  const answer = await patient.request('PUT', '/api/notifications/preferences/', {
    body: { language: 'en', channels: { appointment_confirmation: { sms: false } } },
  });
  expect(answer.status).toBe(200);
  const { job } = await book(patient.patientId);
  expect(await runJob(app, job)).toBeNull();
  const sent = await deliveriesOf(app, job.id, patient.key);
  expect(sent.sms).toMatchObject({ state: 'skipped', error: 'switched_off' });
  expect(sent.email.state).toBe('sent');
  expect((await mail.mails())[0]?.subject).toStartWith('Your appointment');
});

test('a subscription that leads into the own network is not called', async () => {
  const guarded = await startTestApp({
    STORAGE_DIR: await mkdtemp(join(tmpdir(), 'notifications-')),
    VAPID_PUBLIC_KEY: vapid.publicKey,
    VAPID_PRIVATE_KEY: vapid.privateKey,
  });
  const patient = await guarded.as('patient');
  const { keys } = await makeBrowser();
  await guarded.services.db.insert(pushSubscriptions).values({
    userId: patient.userId,
    endpoint: push.endpoint('inside').replace('127.0.0.1', 'localhost'),
    keys,
    createdAt: Temporal.Now.instant(),
  });
  const { job } = await bookAt(guarded, patient.patientId, await guarded.therapist());
  expect(await runJob(guarded, job)).toBeNull();
  expect((await deliveriesOf(guarded, job.id, `patient-${patient.patientId}`)).push).toMatchObject({
    state: 'failed',
    error: 'the endpoint is not public',
  });
  expect(push.received).toHaveLength(0);
  await guarded.close();
  await rm(guarded.config.storageDir, { recursive: true });
});

test('the log tells of deliveries, not of people', async () => {
  const lines: string[] = [];
  const log = pino({ level: 'trace' }, { write: (line: string) => lines.push(line) });
  const logged = { ...app, services: { ...app.services, log } };
  mail.state.atEnd = () => ({ code: 451, text: 'Rosa Quispe, try later' });
  const patient = await patientWithBrowser();
  const { job } = await book(patient.patientId);
  const error = await runJob(logged, job);
  const told = `${lines.join('')}${error?.message}`;
  expect(lines).toHaveLength(3);
  expect(told).toContain('451');
  for (const secret of ['Rosa', 'Quispe', '@example.com', '900000001', 'sms secret', patient.endpoint]) {
    expect(told).not.toContain(secret);
  }
});

test('without providers the messages are files', async () => {
  const storage = await mkdtemp(join(tmpdir(), 'notifications-'));
  const local = await startTestApp({ STORAGE_DIR: storage });
  const patientId = await local.patient({ email: 'ana@example.com', phone: '987 654 321' });
  const { job } = await bookAt(local, patientId, await local.therapist());
  expect(await runJob(local, job)).toBeNull();
  const sent = await deliveriesOf(local, job.id, `patient-${patientId}`);
  expect([sent.email.state, sent.sms.state, sent.push.state]).toEqual(['sent', 'sent', 'skipped']);

  const [mailFile = '', ...others] = await readdir(join(storage, 'mail'));
  expect(others).toEqual([]);
  expect(mailFile).toMatch(/^\d{4}-\d\d-\d\dT[\d-]+Z_delivery-\d+-[a-z0-9]+\.eml$/);
  const letter = await PostalMime.parse(await Bun.file(join(storage, 'mail', mailFile)).text());
  expect(letter.subject).toStartWith('Confirmación de su cita');
  expect(letter.attachments.map(({ mimeType }) => mimeType).toSorted()).toEqual([
    'application/ics',
    'text/calendar',
  ]);
  const [smsFile = ''] = await readdir(join(storage, 'sms'));
  expect(await Bun.file(join(storage, 'sms', smsFile)).text()).toStartWith('+51987654321\n');
  await local.close();
  await rm(storage, { recursive: true });
});

async function lastJob(): Promise<Queued> {
  const job = (await takeJobs(app)).at(-1);
  if (job === undefined) throw new Error('no job');
  return job;
}

async function bookAt(at: TestApp, patientId: number, therapist: number) {
  const client = await at.as('receptionist');
  const answer = await client.request('POST', '/api/appointments/', {
    body: { patient_id: patientId, therapist_id: therapist, date_time: nextTime() },
  });
  expect(answer.status).toBe(201);
  const [job] = await takeJobs(at);
  if (job === undefined) throw new Error('a booking makes one job');
  return { job };
}
