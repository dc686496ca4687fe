import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { systemCtx } from '../../src/context.ts';
import { companyLogo, companyProfile } from '../../src/modules/company/profile.ts';
import { handle as sendDigest } from '../../src/modules/maintenance/send-digest.ts';
import { at, existing } from '../appointments/clinic.ts';
import { JPEG, png, SECRET, telephoneJpeg, WEBP } from '../files/pictures.ts';
import { type Client, startTestApp, type TestApp } from '../harness.ts';
import { startMailServer } from '../notifications/mail-server.ts';

let app: TestApp;
let admin: Client;

beforeAll(async () => {
  app = await startTestApp({ CLINIC_NAME: 'Clínica de prueba' });
  admin = await app.as('administrator');
});
afterAll(() => app.close());

const DATA = {
  name: 'Reflexo Perú',
  legal_name: 'Centro de Reflexología S.A.C.',
  tax_id: '20600000001',
  address: 'Av. Arequipa 1234, Lima',
  phone: '+51 1 444 5555',
  email: 'hola@reflexo.example',
  website: 'https://reflexo.example/citas',
  timezone: 'America/Lima',
  currency: 'PEN',
};

const put = (body: object, headers: Record<string, string> = {}) =>
  admin.request('PUT', '/api/company/', { body, headers });

const logo = (bytes: Uint8Array) => {
  const body = new FormData();
  body.append('logo', new File([bytes as Uint8Array<ArrayBuffer>], 'logo.txt', { type: 'text/plain' }));
  return { body };
};

describe("the company's data", () => {
  test('begin with the name of the configuration, for everybody who is signed in', async () => {
    const fresh = await startTestApp({ CLINIC_NAME: 'Recién abierta', CLINIC_TIMEZONE: 'America/Bogota' });
    const patient = await fresh.as('patient');
    const { status, json } = await patient.request('GET', '/api/company/');
    expect([status, json]).toEqual([
      200,
      {
        name: 'Recién abierta',
        legal_name: null,
        tax_id: null,
        address: null,
        phone: null,
        email: null,
        website: null,
        timezone: 'America/Bogota',
        currency: 'PEN',
        logo_url: null,
      },
    ]);
    expect((await fresh.request('GET', '/api/company/')).status).toBe(401);
    await fresh.close();
  });

  test('are entered by an administrator, and read by verbs at once', async () => {
    const before = await admin.request('GET', '/api/company/');
    const ctx = systemCtx(app.services, 'test');
    await companyProfile(ctx);
    const { status, json, headers } = await put(DATA, { 'if-match': before.headers.get('etag') ?? '' });
    expect([status, json]).toEqual([200, { ...DATA, logo_url: null }]);
    expect((await admin.request('GET', '/api/company/')).headers.get('etag')).toBe(headers.get('etag'));
    expect(await companyProfile(ctx)).toMatchObject({ name: 'Reflexo Perú', taxId: '20600000001' });
    expect((await put(DATA, { 'if-match': before.headers.get('etag') ?? '' })).status).toBe(412);
    const emptied = await put({ name: 'Reflexo Perú' });
    expect(emptied.json).toMatchObject({ legal_name: null, phone: null, currency: 'PEN' });
  });

  test('are refused when something is wrong with them, by field', async () => {
    const wrong: [Record<string, unknown>, string][] = [
      [{ name: '' }, 'name'],
      [{ tax_id: '20-?' }, 'tax_id'],
      [{ phone: 'llame' }, 'phone'],
      [{ email: 'hola' }, 'email'],
      [{ website: 'javascript:alert(1)' }, 'website'],
      [{ website: 'reflexo' }, 'website'],
      [{ currency: 'SOL' }, 'currency'],
      [{ currency: 'pen' }, 'currency'],
      [{ timezone: 'Lima' }, 'timezone'],
    ];
    for (const [fields, field] of wrong) {
      const { status, json } = await put({ ...DATA, ...fields });
      expect([fields, status, Object.keys(json.details)]).toEqual([fields, 400, [field]]);
    }
  });

  test('do not claim a time zone that the service does not compute with', async () => {
    const { status, json } = await put({ ...DATA, timezone: 'America/Bogota' });
    expect([status, json.code]).toEqual([400, 'VALIDATION_ERROR']);
    expect(json.details.timezone[0]).toContain('CLINIC_TIMEZONE');
    expect((await put({ ...DATA, timezone: 'america/lima' })).json.timezone).toBe('America/Lima');
  });

  test('are not for others to change', async () => {
    for (const role of ['patient', 'therapist', 'receptionist', 'supervisor'] as const) {
      const other = await app.as(role);
      expect((await other.request('PUT', '/api/company/', { body: DATA })).status).toBe(403);
      expect((await other.request('POST', '/api/company/logo/', logo(JPEG))).status).toBe(403);
      expect((await other.request('DELETE', '/api/company/logo/')).status).toBe(403);
    }
  });

  test('are written once when two write at the same time on an empty table', async () => {
    const fresh = await startTestApp();
    const boss = await fresh.as('administrator');
    const answers = await Promise.all(
      ['Una', 'Otra'].map((name) => boss.request('PUT', '/api/company/', { body: { name } })),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(['Una', 'Otra']).toContain((await boss.request('GET', '/api/company/')).json.name);
    await fresh.close();
  });
});

describe('the logo', () => {
  test('is a JPG or PNG without metadata, for everybody and for the PDFs', async () => {
    expect((await app.request('GET', '/api/company/logo/')).status).toBe(404);
    const { status, json } = await admin.request('POST', '/api/company/logo/', logo(telephoneJpeg()));
    expect(status).toBe(200);
    const { pathname, search } = new URL(json.logo_url);
    const shown = await app.request('GET', pathname + search);
    expect(Object.fromEntries(shown.headers)).toMatchObject({
      'content-type': 'image/jpeg',
      'x-content-type-options': 'nosniff',
      'cache-control': 'public, max-age=60',
      'cross-origin-resource-policy': 'cross-origin',
    });
    expect(shown.text).not.toContain(SECRET);
    const known = { 'if-none-match': shown.headers.get('etag') ?? '' };
    expect((await app.request('GET', pathname, { headers: known })).status).toBe(304);

    const stored = await companyLogo(systemCtx(app.services, 'test'));
    expect(stored).toMatchObject({ type: 'image/jpeg' });
    expect((await stored.file.bytes()).slice(0, 3)).toEqual(new Uint8Array([0xff, 0xd8, 0xff]));

    await admin.request('POST', '/api/company/logo/', logo(png()));
    expect((await app.request('GET', '/api/company/logo/')).headers.get('content-type')).toBe('image/png');
    expect(await Array.fromAsync(app.services.files.list('logos/'))).toHaveLength(1);
  });

  test('survives a change of the data, and can be taken away', async () => {
    await admin.request('POST', '/api/company/logo/', logo(png()));
    expect((await put(DATA)).json.logo_url).toContain('/api/company/logo/?v=');
    expect((await admin.request('DELETE', '/api/company/logo/')).json.logo_url).toBeNull();
    expect((await app.request('GET', '/api/company/logo/')).json.code).toBe('NOT_FOUND');
    expect(await Array.fromAsync(app.services.files.list('logos/'))).toEqual([]);
  });

  test('is nothing else', async () => {
    const webp = await admin.request('POST', '/api/company/logo/', logo(WEBP));
    expect([webp.status, Object.keys(webp.json.details)]).toEqual([400, ['logo']]);
    const large = await admin.request('POST', '/api/company/logo/', logo(new Uint8Array(2_097_153)));
    expect([large.status, large.json.details.logo[0]]).toEqual([413, 'Máximo 2 MB.']);
  });
});

test('the name that was entered stands in calendars, second factors and the weekly digest', async () => {
  const mail = await startMailServer();
  const clinic = await startTestApp({ CLINIC_NAME: 'Por defecto', SMTP_URL: mail.url });
  const [boss, patient] = [await clinic.as('administrator'), await clinic.as('patient')];
  await clinic.as('supervisor');
  expect((await boss.request('PUT', '/api/company/', { body: { name: 'Reflexo Perú' } })).status).toBe(200);

  const id = await existing(clinic, {
    patientId: patient.patientId,
    therapistId: await clinic.therapist(),
    starts: at(3, '10:00'),
    room: 'Sala 2',
  });
  const file = await boss.request('GET', `/api/appointments/${id}/calendar.ics`);
  const address = await patient.request('POST', '/api/calendar/feed/');
  const feed = await clinic.request('GET', new URL(address.json.url).pathname);
  for (const { text } of [file, feed]) {
    expect(text).toContain('X-WR-CALNAME:Reflexo Perú\r\n');
    expect(text).toContain('LOCATION:Reflexo Perú\\, Sala 2\r\n');
    expect(text).not.toContain('Por defecto');
  }

  const { json } = await boss.request('POST', '/api/auth/2fa/setup/');
  expect(new URL(json.otpauth_url).searchParams.get('issuer')).toBe('Reflexo Perú');

  const signal = new AbortController().signal;
  const run = { id: 'digest', attempt: 1, maxAttempts: 1, signal, progress: async () => undefined };
  await sendDigest(systemCtx(clinic.services, 'send-digest'), {}, run);
  const [digest, ...others] = await mail.mails();
  expect(others).toEqual([]);
  expect(digest?.subject).toStartWith('Resumen de la semana');
  for (const text of [digest?.text, digest?.html]) {
    expect(text).toContain('Reflexo Perú');
    expect(text).not.toContain('Por defecto');
  }
  await clinic.close();
  await mail.close();
});
