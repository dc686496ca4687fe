import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { type Client, startTestApp, type TestApp } from '../harness.ts';
import { runJob, takeJobs } from './jobs.ts';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeBrowser, makeVapidKeys } from './push-service.ts';

let app: TestApp;
let storage: string;
let vapid: Awaited<ReturnType<typeof makeVapidKeys>>;
let patient: Client;
let stranger: Client;

const endpoint = (n: number) => `https://push.example.com/send/${n}`;

/** Books for the patient and sends what there is to send. */
async function book(client: Client, hour: number): Promise<void> {
  const desk = await app.as('receptionist');
  const day = Temporal.Now.zonedDateTimeISO('America/Lima').add({ days: 3 }).toPlainDate().toString();
  const answer = await desk.request('POST', '/api/appointments/', {
    body: {
      patient_id: client.patientId,
      therapist_id: await app.therapist(),
      date_time: `${day}T${String(hour).padStart(2, '0')}:00:00-05:00`,
    },
  });
  expect(answer.status).toBe(201);
  for (const job of await takeJobs(app)) expect(await runJob(app, job)).toBeNull();
}

beforeAll(async () => {
  storage = await mkdtemp(join(tmpdir(), 'notifications-'));
  vapid = await makeVapidKeys();
  app = await startTestApp({
    STORAGE_DIR: storage,
    VAPID_PUBLIC_KEY: vapid.publicKey,
    VAPID_PRIVATE_KEY: vapid.privateKey,
  });
  patient = await app.as('patient');
  stranger = await app.as('patient');
  for (const hour of [9, 10, 11]) await book(patient, hour);
});

afterAll(async () => {
  await app.close();
  await rm(storage, { recursive: true });
});

const list = async (client: Client, query = '') =>
  (await client.request('GET', `/api/notifications/${query}`)).json;

describe('own notifications', () => {
  test('are listed, the latest first, with their deliveries', async () => {
    const page = await list(patient, '?page_size=2');
    expect(page).toMatchObject({ count: 3, previous: null });
    expect(page.next).toContain('page=2');
    expect(page.results).toHaveLength(2);
    const [latest, before] = page.results;
    expect(latest.id).toBeGreaterThan(before.id);
    expect(latest).toMatchObject({
      kind: 'appointment_confirmation',
      read_at: null,
      created_at: expect.stringMatching(/-05:00$/),
      deliveries: [
        { channel: 'email', state: 'sent', attempts: 1, error: null },
        { channel: 'sms', state: 'sent', attempts: 1, error: null },
        { channel: 'push', state: 'skipped', attempts: 0, sent_at: null, provider_id: null },
      ],
    });
    expect(latest.deliveries[0].sent_at).toMatch(/-05:00$/);
  });

  test("are nobody else's: not a stranger's, not an administrator's", async () => {
    const id = (await list(patient)).results[0].id;
    for (const other of [stranger, await app.as('administrator'), await app.as('therapist')]) {
      expect(await list(other)).toMatchObject({ count: 0, results: [] });
      const answer = await other.request('POST', `/api/notifications/${id}/read/`);
      expect(answer.status).toBe(404);
      expect(answer.text).not.toContain('cita');
    }
    const superuser = await app.as('administrator', { isSuperuser: true });
    expect(await list(superuser)).toMatchObject({ count: 0 });
    expect((await superuser.request('POST', `/api/notifications/${id}/read/`)).status).toBe(404);
    await superuser.request('POST', '/api/notifications/read-all/');
    expect(await list(patient, '?unread=true')).toMatchObject({ count: 3 });
  });

  test('need a signed-in caller', async () => {
    for (const [method, path] of [
      ['GET', ''],
      ['POST', 'read-all/'],
      ['POST', '1/read/'],
      ['GET', 'preferences/'],
      ['PUT', 'preferences/'],
      ['GET', 'vapid-public-key/'],
      ['GET', 'push-subscriptions/vapid-public-key/'],
      ['POST', 'push-subscriptions/'],
      ['DELETE', 'push-subscriptions/'],
    ] as const) {
      expect((await app.request(method, `/api/notifications/${path}`)).status).toBe(401);
    }
  });

  test('are read one by one or all at once, and filtered by it', async () => {
    const [first] = (await list(patient)).results;
    const read = await patient.request('POST', `/api/notifications/${first.id}/read/`);
    expect(read.status).toBe(200);
    expect(read.json).toMatchObject({ id: first.id, deliveries: [{}, {}, {}] });
    const again = await patient.request('POST', `/api/notifications/${first.id}/read/`);
    expect(again.json.read_at).toBe(read.json.read_at);
    expect(await list(patient, '?unread=true')).toMatchObject({ count: 2 });
    expect((await list(patient, '?unread=false')).results[0].id).toBe(first.id);

    const all = await patient.request('POST', '/api/notifications/read-all/');
    expect(all.json.success_message).toBe('Todas las notificaciones están leídas.');
    expect(await list(patient, '?unread=true')).toMatchObject({ count: 0 });
  });

  test('are filtered by kind, searched and ordered', async () => {
    expect(await list(patient, '?kind=appointment_status')).toMatchObject({ count: 0 });
    expect(await list(patient, '?kind=appointment_confirmation')).toMatchObject({ count: 3 });
    expect(await list(patient, '?search=10%3A00')).toMatchObject({ count: 1 });
    expect(await list(patient, '?search=100%25')).toMatchObject({ count: 0 });
    const ids = (await list(patient, '?ordering=created_at')).results.map(({ id }: { id: number }) => id);
    expect(ids).toEqual(ids.toSorted((a: number, b: number) => a - b));
    expect((await patient.request('GET', '/api/notifications/?kind=other')).status).toBe(400);
  });
});

describe('preferences', () => {
  test('are Spanish and everything on, until they are set', async () => {
    const client = await app.as('patient');
    const before = await client.request('GET', '/api/notifications/preferences/');
    expect(before.json.language).toBe('es');
    expect(before.json.channels.appointment_reminder).toEqual({ email: true, sms: true, push: true });

    const body = { language: 'en', channels: { appointment_reminder: { sms: false } } };
    const set = await client.request('PUT', '/api/notifications/preferences/', { body });
    expect(set.status).toBe(200);
    const after = await client.request('GET', '/api/notifications/preferences/');
    expect(after.json).toEqual(set.json);
    expect(after.json.language).toBe('en');
    expect(after.json.channels.appointment_reminder).toEqual({ email: true, sms: false, push: true });
    expect(after.json.channels.security_alert.email).toBe(true);
  });

  test('are not set over a change that the client has not seen', async () => {
    const client = await app.as('patient');
    const seen = await client.request('GET', '/api/notifications/preferences/');
    const headers = { 'if-match': seen.headers.get('etag') ?? '' };
    const put = () =>
      client.request('PUT', '/api/notifications/preferences/', { body: { language: 'en' }, headers });
    expect((await put()).status).toBe(200);
    expect((await put()).status).toBe(412);
  });

  test.each([
    { language: 'fr' },
    { channels: {} },
    { language: 'es', channels: { appointment_status: { sms: 'no' } } },
  ])('refuse %p', async (body) => {
    const answer = await patient.request('PUT', '/api/notifications/preferences/', { body });
    expect(answer.status).toBe(400);
    expect(answer.json.code).toBe('VALIDATION_ERROR');
  });
});

describe('web push', () => {
  const PATH = '/api/notifications/push-subscriptions/';

  test('tells its public key when it is configured', async () => {
    for (const path of [`${PATH}vapid-public-key/`, '/api/notifications/vapid-public-key/']) {
      expect((await patient.request('GET', path)).json).toEqual({ public_key: vapid.publicKey });
    }
    const without = await startTestApp();
    const other = await without.as('patient');
    expect((await other.request('GET', '/api/notifications/vapid-public-key/')).status).toBe(404);
    await without.close();
  });

  test('subscribes a browser once, and ends it', async () => {
    const { keys } = await makeBrowser();
    const body = { endpoint: endpoint(1), expirationTime: null, keys };
    const first = await patient.request('POST', PATH, { body });
    expect(first.status).toBe(201);
    expect(first.text).not.toContain(keys.auth);
    const second = await patient.request('POST', PATH, { body });
    expect(second.json.id).toBe(first.json.id);

    const foreign = await stranger.request('DELETE', PATH, { body: { endpoint: endpoint(1) } });
    expect(foreign.status).toBe(200);
    expect((await patient.request('POST', PATH, { body })).json.id).toBe(first.json.id);
    expect((await patient.request('DELETE', PATH, { body })).status).toBe(200);
    expect((await patient.request('POST', PATH, { body })).json.id).not.toBe(first.json.id);
  });

  test.each([
    'http://push.example.com/x',
    'https://127.0.0.1/x',
    'https://[::1]/x',
    'https://2130706433/x',
    'https://localhost/x',
    'https://redis.internal/x',
    'https://user:password@push.example.com/x',
    'ftp://push.example.com/x',
    'no url',
  ])('refuses the endpoint %s', async (address) => {
    const { keys } = await makeBrowser();
    const answer = await patient.request('POST', PATH, { body: { endpoint: address, keys } });
    expect(answer.status).toBe(400);
    expect(answer.json.details).toHaveProperty('endpoint');
  });

  test('refuses keys that are none', async () => {
    const { keys } = await makeBrowser();
    const noPoint = Buffer.alloc(65, 4).toString('base64url');
    const short = await patient.request('POST', PATH, {
      body: { endpoint: endpoint(2), keys: { ...keys, auth: 'abc' } },
    });
    expect(short.json.details).toHaveProperty(['keys.auth']);
    const point = await patient.request('POST', PATH, {
      body: { endpoint: endpoint(2), keys: { ...keys, p256dh: noPoint } },
    });
    expect(point.json.details).toHaveProperty(['keys.p256dh']);
  });
});
