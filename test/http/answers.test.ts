import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { sql } from 'drizzle-orm';
import { createApp } from '../../src/app.ts';
import { type Client, requestTo, startTestApp, type TestApp } from '../harness.ts';
import { expectError } from './service.ts';

let app: TestApp;
let admin: Client;

const ORIGIN = 'https://app.example';
const LOGIN = '/api/auth/login/';

beforeAll(async () => {
  app = await startTestApp({ CORS_ALLOWED_ORIGINS: `${ORIGIN},http://localhost:5173` });
  admin = await app.as('administrator');
});
afterAll(() => app.close());

const rejecting = (error: Error) => async (): Promise<never> => {
  throw error;
};

describe('errors have one shape', () => {
  test.each(['es', 'en'])('and the texts of the contract in %s', async (language) => {
    const headers = { 'accept-language': language };
    const body = { name: `Catálogo ${language}` };
    const made = await admin.request('POST', '/api/specialties/', { body });
    const path = `/api/specialties/${made.json.id}/`;
    const key = { ...headers, 'idempotency-key': language };
    await app.request('POST', '/api/auth/register/', { body: {}, headers: key });
    const slot = { patient_id: 1, therapist_id: 1, date_time: '2000-01-01T10:00', duration: 60 };
    const patient = await app.as('patient');
    const therapistId = await app.therapist();
    const post = (to: string, input: unknown, more: Record<string, string> = headers) =>
      admin.request('POST', to, { body: input, headers: more });
    const booking = { ...slot, patient_id: patient.patientId, therapist_id: therapistId };

    expectError(await post('/api/specialties/', { name: 7 }), 'VALIDATION_ERROR', language);
    expectError(await post('/api/appointments/', booking), 'BUSINESS_RULE_VIOLATION', language);
    expectError(await post(LOGIN, '{'), 'MALFORMED_JSON', language);
    expectError(await app.request('GET', '/api/patients/', { headers }), 'AUTHENTICATION_REQUIRED', language);
    expectError(await post(LOGIN, { username: 'x', password: 'y' }), 'INVALID_CREDENTIALS', language);
    expectError(
      await app.request('GET', '/api/patients/', { headers, token: 'a.b.c' }),
      'TOKEN_INVALID',
      language,
    );
    expectError(
      await patient.request('POST', '/api/specialties/', { body, headers }),
      'INSUFFICIENT_PERMISSIONS',
      language,
    );
    expectError(await admin.request('GET', '/api/patients/999999/', { headers }), 'NOT_FOUND', language);
    expectError(await admin.request('GET', '/nowhere', { headers }), 'NOT_FOUND', language);
    expectError(await admin.request('PUT', LOGIN, { headers }), 'METHOD_NOT_ALLOWED', language);
    expectError(await post('/api/specialties/', body), 'CONFLICT', language);
    expectError(
      await admin.request('PATCH', path, { body, headers: { ...headers, 'if-match': '"old"' } }),
      'PRECONDITION_FAILED',
      language,
    );
    expectError(await post(LOGIN, { username: 'x'.repeat(1_100_000) }), 'PAYLOAD_TOO_LARGE', language);
    expectError(
      await post(LOGIN, '<login/>', { ...headers, 'content-type': 'text/xml' }),
      'UNSUPPORTED_MEDIA_TYPE',
      language,
    );
    await patient.request('POST', '/api/auth/logout/');
    expectError(await patient.request('GET', '/api/patients/', { headers }), 'SESSION_REVOKED', language);
    const price = { name: `Precio ${language}`, price: '10.00' };
    expect((await post('/api/predetermined-prices/', price, key)).status).toBe(201);
    expectError(
      await post('/api/predetermined-prices/', { ...price, price: '11.00' }, key),
      'IDEMPOTENCY_KEY_REUSED',
      language,
    );
  });

  test('also when the service itself fails, and then they tell nothing of it', async () => {
    const broken = (error: Error) => ({
      ...app.services,
      sessions: { ...app.services.sessions, find: rejecting(error) },
    });
    const secret = 'SELECT secret FROM users';
    const unknown = requestTo(createApp(broken(new TypeError(secret))));
    const internal = await unknown('GET', '/api/patients/', { token: admin.token });
    expectError(internal, 'INTERNAL_ERROR');
    const failure = await app.services.db.execute(sql`select nothing from nowhere`).catch((e: Error) => e);
    const database = requestTo(createApp(broken(failure as Error)));
    const answer = await database('GET', '/api/patients/', { token: admin.token });
    expectError(answer, 'DATABASE_ERROR');
    for (const { text } of [internal, answer]) expect(text).not.toMatch(/select|nowhere|at /i);
  });

  test('an error of a route that answers another type is JSON too', async () => {
    expectError(await admin.request('GET', '/api/appointments/999999/calendar.ics'), 'NOT_FOUND');
  });
});

describe('X-Request-Id', () => {
  test.each(['/api/auth/login/', '/nowhere', '/api/patients/', '/health/'])(
    'is echoed, made, or replaced where it is none: %s',
    async (path) => {
      const ask = async (given?: string) => {
        const headers = given === undefined ? {} : { 'x-request-id': given };
        return (await app.request('GET', path, { headers })).headers.get('x-request-id');
      };
      expect(await ask('a-Trace.id_7')).toBe('a-Trace.id_7');
      const made = await ask();
      expect(made).toMatch(/^[\da-f-]{36}$/);
      expect(await ask()).not.toBe(made);
      for (const bad of ['', 'a b', '<script>', 'x'.repeat(65), 'ñ']) {
        expect(await ask(bad)).toMatch(/^[\da-f-]{36}$/);
      }
    },
  );
});

describe('methods', () => {
  test.each([
    ['DELETE', LOGIN, 'GET, HEAD, POST, OPTIONS'],
    ['PUT', '/api/patients', 'GET, HEAD, POST, OPTIONS'],
    ['POST', '/api/patients/7/', 'GET, HEAD, PUT, PATCH, DELETE, OPTIONS'],
    ['POST', '/', 'GET, HEAD, OPTIONS'],
    ['PATCH', '/metrics', 'GET, HEAD, OPTIONS'],
    ['GET', '/api/auth/logout/', 'POST, OPTIONS'],
    ['DELETE', '/api/appointments/therapist/7/', 'GET, HEAD, OPTIONS'],
  ])('%s %s is refused, telling what is allowed', async (method, path, allow) => {
    const answer = await app.request(method, path);
    expectError(answer, 'METHOD_NOT_ALLOWED');
    expect(answer.headers.get('allow')).toBe(allow);
  });

  test.each(['GET', 'POST', 'DELETE', 'OPTIONS'])('%s of an unknown path is not found', async (method) => {
    const plain = await startTestApp();
    for (const path of ['/nowhere', '/api', '/api/patients/1/nothing/', '/api//patients/', '/admin.php']) {
      const answer = await plain.request(method, path);
      expectError(answer, 'NOT_FOUND');
      expect(answer.headers.get('allow')).toBeNull();
    }
    await plain.close();
  });

  test('HEAD answers as GET does, without the body', async () => {
    const [get, head] = [await app.request('GET', LOGIN), await app.request('HEAD', LOGIN)];
    expect([head.status, head.text]).toEqual([200, '']);
    expect(head.headers.get('content-type')).toBe(get.headers.get('content-type'));
    expect((await app.request('HEAD', '/api/patients/')).status).toBe(401);
    expect((await app.request('HEAD', '/nowhere')).status).toBe(404);
  });

  test('OPTIONS tells what is allowed', async () => {
    const plain = await startTestApp();
    const { status, text, headers } = await plain.request('OPTIONS', '/api/patients/7/');
    expect([status, text]).toEqual([204, '']);
    expect(headers.get('allow')).toBe('GET, HEAD, PUT, PATCH, DELETE, OPTIONS');
    await plain.close();
  });
});

test('every route is served with and without its trailing slash, without a redirect', async () => {
  const outsider = await app.as('patient');
  const different: string[] = [];
  for (const { method, path } of app.app.routes) {
    if (/^\/(assets|swagger)|^\/$|^\/\*?$/.test(path) || method === 'OPTIONS') continue;
    const real = path.replaceAll(/:\w+/g, '999999');
    const [bare, slashed] = [real.replace(/\/$/, ''), real.replace(/\/?$/, '/')];
    const client = path.includes('logout') ? await app.as('patient') : outsider;
    const answers = [
      await app.request(method, bare),
      await app.request(method, slashed),
      await client.request(method, bare),
      await (path.includes('logout') ? await app.as('patient') : outsider).request(method, slashed),
    ];
    const [a, b, c, d] = answers.map(({ status }) => status);
    const redirected = answers.some(({ status }) => status >= 300 && status < 400);
    if (a !== b || c !== d || redirected || a === 405)
      different.push(`${method} ${path}: ${[a, b, c, d].join(' ')}`);
  }
  expect(different).toEqual([]);
});

describe('headers', () => {
  test('of every answer guard the browser', async () => {
    for (const path of ['/', LOGIN, '/nowhere', '/api/patients/', '/health/']) {
      const { headers } = await app.request('GET', path);
      expect(Object.fromEntries(headers)).toMatchObject({
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'no-referrer',
        'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
        'cross-origin-resource-policy': 'same-origin',
        'strict-transport-security': 'max-age=31536000; includeSubDomains',
        'cache-control': 'no-store',
      });
      for (const name of ['x-powered-by', 'server']) expect(headers.get(name)).toBeNull();
    }
  });

  test.each(['GET', 'POST', 'OPTIONS'])('let pages of the allowed origins in: %s', async (method) => {
    for (const path of [LOGIN, '/api/patients/', '/nowhere']) {
      const { headers } = await app.request(method, path, { headers: { origin: ORIGIN } });
      expect(headers.get('access-control-allow-origin')).toBe(ORIGIN);
      expect(headers.get('access-control-allow-credentials')).toBe('true');
      expect(headers.get('vary')).toBe('Origin');
    }
  });

  test.each([
    'https://evil.example',
    'http://app.example',
    'https://app.example.evil.example',
    `x://${ORIGIN}`,
    'null',
    'constructor',
  ])('let no page of %s in', async (origin) => {
    for (const method of ['GET', 'OPTIONS']) {
      const { headers } = await app.request(method, LOGIN, { headers: { origin } });
      expect(headers.get('access-control-allow-origin')).toBeNull();
      expect(headers.get('vary')).toBe('Origin');
    }
  });

  test('answer a preflight with what the API takes, and no more', async () => {
    const { status, headers } = await app.request('OPTIONS', '/api/patients/7/', {
      headers: {
        origin: ORIGIN,
        'access-control-request-method': 'PATCH',
        'access-control-request-headers': 'authorization,if-match,x-evil',
      },
    });
    expect(status).toBe(204);
    expect(headers.get('access-control-allow-methods')).toContain('PATCH');
    const allowed = headers.get('access-control-allow-headers')?.toLowerCase().split(', ');
    expect(allowed).toContain('authorization');
    expect(allowed).toContain('if-match');
    expect(allowed).not.toContain('x-evil');
    expect(headers.get('access-control-max-age')).toBe('600');
    const got = await app.request('GET', LOGIN, { headers: { origin: ORIGIN } });
    expect(got.headers.get('access-control-expose-headers')).toContain('ETag');
  });

  test('know nothing of other origins when none is configured', async () => {
    const plain = await startTestApp();
    const { headers } = await plain.request('GET', LOGIN, { headers: { origin: ORIGIN } });
    expect(headers.get('access-control-allow-origin')).toBeNull();
    await plain.close();
  });
});

test('only ALLOWED_HOSTS are answered', async () => {
  const hosts = await startTestApp({ ALLOWED_HOSTS: 'clinic.example,.clinic.test' });
  const ask = (host: string, path = '/api/auth/login/') =>
    hosts.app.handle(new Request(`http://${host}${path}`, { headers: { 'accept-language': 'en' } }));
  for (const host of [
    'clinic.example',
    'clinic.example:8000',
    'CLINIC.example',
    'a.clinic.test',
    'clinic.test',
  ]) {
    expect([host, (await ask(host)).status]).toEqual([host, 200]);
  }
  for (const host of [
    'localhost',
    'evil.example',
    'clinic.example.evil.example',
    'xclinic.test',
    '127.0.0.1',
  ]) {
    const answer = await ask(host);
    expect([host, answer.status]).toEqual([host, 400]);
    expect(await answer.json()).toMatchObject({ code: 'VALIDATION_ERROR', error: 'Invalid data' });
    expect(answer.headers.get('x-request-id')).toMatch(/^[\da-f-]{36}$/);
  }
  await hosts.close();
});

const make = async (name: string) =>
  (await admin.request('POST', '/api/specialties/', { body: { name } })).json;

describe('ETag', () => {
  test('names the version; If-None-Match saves the body', async () => {
    const { id } = await make('Reflexología podal');
    const path = `/api/specialties/${id}/`;
    const first = await admin.request('GET', path);
    const etag = first.headers.get('etag') ?? '';
    expect(etag).toMatch(/^"[\w]+"$/);
    for (const known of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const { status, text, headers } = await admin.request('GET', path, {
        headers: { 'if-none-match': known },
      });
      expect([known, status, text, headers.get('etag')]).toEqual([known, 304, '', etag]);
    }
    expect((await admin.request('GET', path, { headers: { 'if-none-match': '"other"' } })).status).toBe(200);
    const changed = await admin.request('PATCH', path, { body: { description: 'Pies' } });
    expect(changed.headers.get('etag')).not.toBe(etag);
    const again = await admin.request('GET', path, { headers: { 'if-none-match': etag } });
    expect([again.status, again.headers.get('etag')]).toEqual([200, changed.headers.get('etag')]);
  });

  test.each(['PUT', 'PATCH', 'DELETE'])('with If-Match %s does not overwrite a change', async (method) => {
    const { id } = await make(`Terapia ${method}`);
    const path = `/api/specialties/${id}/`;
    const read = (await admin.request('GET', path)).headers.get('etag') ?? '';
    await admin.request('PATCH', path, { body: { description: 'De otra persona' } });
    const body = method === 'DELETE' ? undefined : { name: `Terapia ${method} 2` };
    const send = (tag: string) => admin.request(method, path, { body, headers: { 'if-match': tag } });
    expectError(await send(read), 'PRECONDITION_FAILED');
    const now = await admin.request('GET', path);
    expect(now.json).toMatchObject({ name: `Terapia ${method}`, description: 'De otra persona' });
    expect((await send(now.headers.get('etag') ?? '')).status).toBe(200);
  });

  test('of two changes with one If-Match at once, one is made', async () => {
    const { id } = await make('Masaje');
    const path = `/api/specialties/${id}/`;
    const tag = (await admin.request('GET', path)).headers.get('etag') ?? '';
    const answers = await Promise.all(
      [1, 2, 3].map((n) =>
        admin.request('PATCH', path, { body: { description: `${n}` }, headers: { 'if-match': tag } }),
      ),
    );
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 412, 412]);
  });
});

test('a choice that there is not is told as words, not as a type', async () => {
  const supervisor = await app.as('supervisor');
  const { status, json } = await supervisor.request(
    'GET',
    '/api/exports/pdf/resumen-caja/?date=2026-11-22&format=a3',
  );
  expect([status, json.details]).toEqual([400, { format: ['Debe ser uno de: a4, letter.'] }]);
});
