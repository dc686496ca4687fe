import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import { eq } from 'drizzle-orm';
import { auditLog } from '../../src/db/audit.ts';
import { parseConfig } from '../../src/config.ts';
import { systemCtx } from '../../src/context.ts';
import { internationalNumber } from '../../src/modules/notifications/channels/sms.ts';
import { notify } from '../../src/modules/notifications/notify.ts';
import { quietUntil } from '../../src/modules/notifications/quiet-hours.ts';
import { userRecipient } from '../../src/modules/notifications/recipients.ts';
import type { Notice } from '../../src/modules/notifications/record.ts';
import { notificationOptOuts, notifications } from '../../src/modules/notifications/tables.ts';
import { Postponed } from '../../src/queue/postponed.ts';
import { type Client, startTestApp, type TestApp } from '../harness.ts';
import { deliveriesOf, runJob, takeJobs } from './jobs.ts';
import { startMailServer } from './mail-server.ts';

let app: TestApp;
let mail: Awaited<ReturnType<typeof startMailServer>>;
let desk: Client;
let therapistId: number;

beforeAll(async () => {
  mail = await startMailServer();
  app = await startTestApp({ SMTP_URL: mail.url, PUBLIC_URL: 'https://clinic.example' });
  desk = await app.as('receptionist');
  therapistId = await app.therapist();
});
afterAll(async () => {
  await mail.close();
  await app.close();
});
beforeEach(() => mail.reset());

let hours = 0;
async function book(patientId: number) {
  const day = Temporal.Now.zonedDateTimeISO('America/Lima').add({ days: 2 + Math.floor(hours / 9) });
  const time = `${day.toPlainDate().toString()}T${String(9 + (hours++ % 9)).padStart(2, '0')}:00:00-05:00`;
  const answer = await desk.request('POST', '/api/appointments/', {
    body: { patient_id: patientId, therapist_id: therapistId, date_time: time },
  });
  expect(answer.status).toBe(201);
  const [job] = await takeJobs(app);
  if (!job) throw new Error('a booking makes a job');
  return job;
}

const run = (id: string) => ({
  id,
  attempt: 1,
  maxAttempts: 3,
  signal: new AbortController().signal,
  progress: async () => undefined,
});

const noticeOf = async (
  client: Client,
  kind: Notice['kind'],
  usefulUntil?: Temporal.Instant,
): Promise<Notice> => ({
  kind,
  recipient: await userRecipient(app.ctx(), client.userId),
  content: { language: 'es', subject: 'S', title: 'T', lead: 'L', facts: [], closing: 'C', short: 'K' },
  ...(usefulUntil ? { usefulUntil } : {}),
});

const sleeper = async () => {
  const client = await app.as('patient');
  const answer = await client.request('PUT', '/api/notifications/preferences/', {
    body: { language: 'es', quiet_from: '22:00', quiet_to: '07:00' },
  });
  expect(answer.status).toBe(200);
  return client;
};

const linkIn = async () => {
  const [letter] = await mail.mails();
  const header = (name: string) => letter?.headers.find(({ key }) => key === name)?.value;
  expect(header('list-unsubscribe-post')).toBe('List-Unsubscribe=One-Click');
  const link = /^<https:\/\/clinic\.example(\/api\/notifications\/unsubscribe\/\?token=[\w.]+)>$/.exec(
    header('list-unsubscribe') ?? '',
  )?.[1];
  expect(letter?.text?.replace(/=\n/g, '')).toContain(`https://clinic.example${link}`);
  return link ?? '';
};

const oneClick = (path: string) =>
  app.request('POST', path, {
    body: 'List-Unsubscribe=One-Click',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });

const at = (time: string) => Temporal.Instant.from(`2026-11-22T${time}:00-05:00`);

describe('quiet hours', () => {
  test.each([
    ['21:59', null],
    ['22:00', '2026-11-23T07:00:00-05:00'],
    ['23:30', '2026-11-23T07:00:00-05:00'],
    ['00:10', '2026-11-22T07:00:00-05:00'],
    ['06:59', '2026-11-22T07:00:00-05:00'],
    ['07:00', null],
  ])('from 22:00 to 07:00, at %s', (time, end) => {
    const until = quietUntil({ from: 1_320, to: 420 }, at(time), 'America/Lima');
    expect(until?.toString() ?? null).toBe(end && Temporal.Instant.from(end).toString());
  });

  const NIGHT = at('23:30');
  const at2330 = () => ({ ...systemCtx(app.services, 'test'), now: NIGHT });

  test('let a reminder wait till morning, then it goes out', async () => {
    const notice = await noticeOf(await sleeper(), 'appointment_reminder');
    const waiting = await notify(at2330(), run('quiet-1'), [notice]).catch((error: unknown) => error);
    expect(waiting).toBeInstanceOf(Postponed);
    expect((waiting as Postponed).delayMs).toBe(7.5 * 3_600_000);
    expect(mail.count()).toBe(0);
    await notify({ ...at2330(), now: NIGHT.add({ hours: 8 }) }, run('quiet-1'), [notice]);
    expect(mail.count()).toBe(1);
  });

  test('do not hold a reminder that would come too late, a confirmation or an alarm', async () => {
    const client = await sleeper();
    await notify(at2330(), run('quiet-2'), [
      await noticeOf(client, 'appointment_reminder', NIGHT.add({ hours: 2 })),
    ]);
    await notify(at2330(), run('quiet-3'), [await noticeOf(client, 'appointment_confirmation')]);
    await notify(at2330(), run('quiet-4'), [await noticeOf(client, 'security_alert')]);
    expect(mail.count()).toBe(3);
  });

  test('are kept as they were set, and refused when half of them is missing', async () => {
    const client = await sleeper();
    const { json } = await client.request('GET', '/api/notifications/preferences/');
    expect([json.quiet_from, json.quiet_to]).toEqual(['22:00', '07:00']);
    for (const wrong of [
      { quiet_from: '22:00' },
      { quiet_from: '22:00', quiet_to: '22:00' },
      { quiet_from: '25:00', quiet_to: '07:00' },
    ]) {
      const answer = await client.request('PUT', '/api/notifications/preferences/', {
        body: { language: 'es', ...wrong },
      });
      expect([answer.status, answer.json.code]).toEqual([400, 'VALIDATION_ERROR']);
    }
  });
});

describe('unsubscribing from a mail', () => {
  test('works with one click and without a login, for that kind and person only', async () => {
    const patient = await app.as('patient');
    await runJob(app, await book(patient.patientId));
    const link = await linkIn();

    const page = await app.request('GET', link);
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toStartWith('text/html');
    expect(page.text).toContain('confirmaciones de citas');
    expect(page.text).toContain('method="post"');
    const key = `patient-${patient.patientId}`;
    const before = await patient.request('GET', '/api/notifications/preferences/');
    expect(before.json.channels.appointment_confirmation.email).toBe(true);

    expect((await oneClick(link)).status).toBe(200);
    expect((await oneClick(link)).status).toBe(200);
    const after = await patient.request('GET', '/api/notifications/preferences/');
    expect(after.json.channels.appointment_confirmation).toEqual({ email: false, sms: true, push: true });
    expect(after.json.channels.appointment_reminder.email).toBe(true);
    const rows = await app.services.db.select().from(auditLog).where(eq(auditLog.action, 'unsubscribe'));
    expect(rows.filter(({ entityId }) => entityId === String(patient.userId))).toHaveLength(1);

    const job = await book(patient.patientId);
    await runJob(app, job);
    expect((await deliveriesOf(app, job.id, key)).email).toMatchObject({
      state: 'skipped',
      error: 'switched_off',
    });
    expect(mail.count()).toBe(1);
  });

  test('works for a patient without an account', async () => {
    const patientId = await app.patient({ email: 'ana@example.com' });
    await runJob(app, await book(patientId));
    const link = await linkIn();
    const form = new FormData();
    form.set('List-Unsubscribe', 'One-Click');
    expect((await app.request('POST', link, { body: form })).status).toBe(200);
    const [row] = await app.services.db
      .select()
      .from(notificationOptOuts)
      .where(eq(notificationOptOuts.patientId, patientId));
    expect(row?.kinds).toEqual(['appointment_confirmation']);
    const job = await book(patientId);
    await runJob(app, job);
    expect((await deliveriesOf(app, job.id, `patient-${patientId}`)).email.state).toBe('skipped');
  });

  test('takes no token but ours, and says nothing of people', async () => {
    const patient = await app.as('patient');
    await runJob(app, await book(patient.patientId));
    const token = (await linkIn()).split('token=')[1] ?? '';
    const other = token.replace(/\.user\.\d+\./, `.user.${desk.userId}.`);
    const kind = token.replace('appointment_confirmation', 'appointment_status');
    const fixed = token.replace('appointment_confirmation', 'security_alert');
    for (const wrong of [other, kind, fixed, token.slice(0, -1), '', 'x', `${token}0`]) {
      for (const method of ['GET', 'POST'])
        expect((await app.request(method, `/api/notifications/unsubscribe/?token=${wrong}`)).status).toBe(
          404,
        );
    }
    const page = await app.request('GET', `/api/notifications/unsubscribe/?token=${token}`);
    expect(page.text).not.toContain('Quispe');
    expect(page.text).not.toContain('example.com');
  });

  test('is not offered for what nobody can switch off', async () => {
    const client = await app.as('patient');
    const recipient = await userRecipient(app.ctx(), client.userId);
    const content = {
      language: 'es' as const,
      subject: 'S',
      title: 'T',
      lead: 'L',
      facts: [],
      closing: 'C',
      short: 'K',
    };
    const run = {
      id: 'fixed',
      attempt: 1,
      maxAttempts: 3,
      signal: new AbortController().signal,
      progress: async () => undefined,
    };
    await notify(app.ctx(), run, [{ kind: 'security_alert', recipient, content }]);
    const [letter] = await mail.mails();
    expect(letter?.headers.map(({ key }) => key)).not.toContain('list-unsubscribe');
    expect(letter?.text).not.toContain('unsubscribe');
    const [row] = await app.services.db
      .select()
      .from(notifications)
      .where(eq(notifications.eventKey, `fixed:user-${client.userId}`));
    expect(row?.kind).toBe('security_alert');
  });
});

test.each([
  ['987 654 321', '51', '+51987654321'],
  ['51987654321', '51', '+51987654321'],
  ['+34 612 345 678', '51', '+34612345678'],
  ['0034612345678', '51', '+34612345678'],
  ['612 345 678', '34', '+34612345678'],
  ['(555) 123-4567', '1', '+15551234567'],
  ['1 555 123 4567', '1', '+15551234567'],
  ['no', '51', null],
  ['+12', '51', null],
])('the number %s with country code %s is %p', (phone, code, expected) => {
  expect(internationalNumber(phone, code)).toBe(expected);
});

test('the country code is a setting', () => {
  expect(parseConfig({}).smsCountryCode).toBe('51');
  expect(() => parseConfig({ SMS_COUNTRY_CODE: '051' })).toThrow('SMS_COUNTRY_CODE');
});

test('an address that is none is skipped', async () => {
  const patientId = await app.patient({ email: 'nobody', phone: '12' });
  const job = await book(patientId);
  expect(await runJob(app, job)).toBeNull();
  const sent = await deliveriesOf(app, job.id, `patient-${patientId}`);
  expect([sent.email.error, sent.sms.error, sent.push.error]).toEqual([
    'no_address',
    'no_number',
    'not_configured',
  ]);
});
