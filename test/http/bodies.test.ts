import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { JSON_LIMIT, MULTIPART_LIMIT, parseJson } from '../../src/http/body.ts';
import { type Client, startTestApp, type TestApp } from '../harness.ts';
import { exchange, expectError, listen } from './service.ts';

let app: TestApp;
let admin: Client;
let server: ReturnType<typeof listen>;

const LOGIN = '/api/auth/login/';

beforeAll(async () => {
  app = await startTestApp();
  admin = await app.as('administrator');
  server = listen(app);
});
afterAll(async () => {
  await server.stop();
  await app.close();
});

const post = (body: string | FormData | Blob, type?: string) =>
  app.request('POST', LOGIN, { body, headers: type === undefined ? {} : { 'content-type': type } });

/** A login whose JSON has exactly so many bytes. */
const loginOf = (bytes: number): string => {
  const text = JSON.stringify({ username: 'nobody', password: '' });
  return text.replace('""', `"${'x'.repeat(bytes - text.length)}"`);
};

describe('a JSON body', () => {
  test.each([
    ['{"username":"a"', 'cut off'],
    ['{"username":"a","password":"b"}}', 'with more behind it'],
    ['{"username":"a","username":"b","password":"c"}', 'with a key twice'],
    [String.raw`{"username":"a","\u0075sername":"b","password":"c"}`, 'with a key twice, once escaped'],
    ['{"a":{"b":1,"b":1},"username":"a","password":"c"}', 'with a key twice further down'],
    ['[{"a":1},{"b":1,"b":2}]', 'with a key twice in a list'],
    [String.raw`{"username":"a\ud800","password":"c"}`, 'with half a surrogate pair'],
    [String.raw`{"username":"a","password":"c","\udc00":1}`, 'with half a surrogate pair in a key'],
    ["{'username':'a'}", 'with single quotes'],
    ['{"username":"a",}', 'with a comma too many'],
    ['NaN', 'that is not a number'],
    ['[', 'that only begins'],
    ['"', 'that is a quote'],
    ['{"username":"a\nb"}', 'with a raw control character'],
    ['['.repeat(100_000), 'of 100,000 opening brackets'],
    ['['.repeat(100_000) + ']'.repeat(100_000), 'nested 100,000 deep'],
    ['{"a":'.repeat(100_000) + '1' + '}'.repeat(100_000), 'of 100,000 objects within each other'],
    [`{"username":${'['.repeat(100_000)}${']'.repeat(100_000)},"password":"x"}`, 'with a deep field'],
    [`{"username":${'['.repeat(64)}${']'.repeat(64)},"password":"x"}`, 'nested one too deep'],
  ])('%# is refused %s', async (body) => {
    expectError(await post(body), 'MALFORMED_JSON');
  });

  test('of bytes that are no UTF-8 is refused', async () => {
    const bytes = new Uint8Array([...new TextEncoder().encode('{"username":"a'), 0xff, 0x22, 0x7d]);
    const answer = await app.request('POST', LOGIN, { body: new Blob([bytes]) });
    expectError(answer, 'MALFORMED_JSON');
  });

  test.each(['null', '7', '"text"', '[]', '[{"username":"a","password":"b"}]', '""', '   ', ''])(
    '%p is not an object',
    async (body) => {
      const answer = await post(body);
      expectError(answer, 'VALIDATION_ERROR');
      expect(Object.keys(answer.json.details).length).toBeGreaterThan(0);
    },
  );

  test.each([
    '{"__proto__":{"username":"a","password":"b"}}',
    '{"constructor":{"prototype":{"username":"a"}},"password":"b"}',
    '{"username":{"__proto__":null},"password":"b"}',
  ])('%s changes nothing but itself', async (body) => {
    expectError(await post(body), 'VALIDATION_ERROR');
    expect(Object.hasOwn(Object.prototype, 'username')).toBe(false);
  });

  test('keeps what looks like its structure within its texts', () => {
    const value = {
      'a:"b': String.raw`{"x":[1,2]} \" : \\`,
      '': '\\',
      ñ: ['😀 : , { [', { 'k\\': ':"' }],
      __proto__x: '\\\\"',
    };
    expect(parseJson(JSON.stringify(value))).toEqual(value);
    expect(parseJson(` ${JSON.stringify(value, null, 2)}\n`)).toEqual(value);
  });

  test('of a megabyte of escapes is read in no time', () => {
    const started = performance.now();
    for (const unit of ['\\\\', '\\"', '\\u0041', '"', '\\']) {
      const text = `{"a":"${unit.repeat(JSON_LIMIT / unit.length - 8)}"}`;
      try {
        parseJson(text);
      } catch {
        // some are no JSON; the time is what counts
      }
    }
    expect(performance.now() - started).toBeLessThan(1_500);
  });

  test('may have a NUL where any text may stand, and nowhere else', async () => {
    expectError(await post(JSON.stringify({ username: 'a\0b', password: 'x' })), 'VALIDATION_ERROR');
    expectError(await post(JSON.stringify({ username: 'a', password: 'x\0' })), 'INVALID_CREDENTIALS');
  });
});

describe('the content type', () => {
  test.each(['application/json', 'Application/JSON; charset=utf-8', 'application/vnd.clinic+json'])(
    '%s is read',
    async (type) => {
      expectError(await post('{"username":"a","password":"b"}', type), 'INVALID_CREDENTIALS');
    },
  );

  test.each([
    'text/xml',
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/jsonp',
    'nonsense',
    '',
  ])('%p is not', async (type) => {
    expectError(await post('{"username":"a","password":"b"}', type), 'UNSUPPORTED_MEDIA_TYPE');
  });

  test.each(['multipart/form-data', 'multipart/form-data; boundary=xx', 'multipart/form-data; boundary='])(
    '%s without a form behind it is refused',
    async (type) => {
      for (const body of ['garbage', '--xx\r\n\r\n', '']) {
        const { status, json } = await post(body, type);
        expect([status, json.code]).toEqual([400, 'VALIDATION_ERROR']);
      }
    },
  );

  test('tells a stranger nothing: who is not signed in is asked who they are first', async () => {
    for (const body of ['{', '<x/>', 'x'.repeat(2_000_000)]) {
      expectError(await app.request('POST', '/api/patients/', { body }), 'AUTHENTICATION_REQUIRED');
      expectError(
        await admin.request('POST', '/api/patients/', { body }),
        body.length > 9 ? 'PAYLOAD_TOO_LARGE' : 'MALFORMED_JSON',
      );
    }
  });
});

const form = (bytes: number) => {
  const data = new FormData();
  data.set('file', new Blob([new Uint8Array(bytes)]), '../../photo.png');
  return post(data);
};

const head = (lines: string) =>
  `POST ${LOGIN} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n${lines}\r\n\r\n`;

const expectTooLarge = (answer: string) => {
  expect(answer).toStartWith('HTTP/1.1 413 ');
  expect(answer.toLowerCase()).toContain('content-type: application/json');
  expect(JSON.parse(answer.split('\r\n\r\n')[1] ?? '')).toMatchObject({
    error: 'El cuerpo es demasiado grande',
    code: 'PAYLOAD_TOO_LARGE',
    request_id: expect.any(String),
  });
};

describe('a size', () => {
  test('of a megabyte is read, of a byte more is not', async () => {
    expectError(await post(loginOf(JSON_LIMIT)), 'VALIDATION_ERROR');
    expectError(await post(loginOf(JSON_LIMIT + 1)), 'PAYLOAD_TOO_LARGE');
  });

  test('of a form is read up to ten megabytes', async () => {
    expectError(await form(MULTIPART_LIMIT - 1_000), 'VALIDATION_ERROR');
    expectError(await form(MULTIPART_LIMIT), 'PAYLOAD_TOO_LARGE');
  });

  test.each([JSON_LIMIT + 1, 2_000_000, 200_000_000, 5_000_000_000])(
    'announced as %d is refused in JSON before it is sent',
    async (length) => {
      expectTooLarge(await exchange(server.port, [head(`Content-Length: ${length}`), '{']));
    },
  );

  test('that nobody announced is refused in JSON while it comes', async () => {
    const chunk = `10000\r\n${'x'.repeat(65_536)}\r\n`;
    const parts = [head('Transfer-Encoding: chunked'), ...Array.from({ length: 20 }, () => chunk)];
    expectTooLarge(await exchange(server.port, parts));
  });

  test('of a small chunked body is read', async () => {
    const text = '{"username":"a","password":"b"}';
    const answer = await exchange(server.port, [
      head('Transfer-Encoding: chunked'),
      `${text.length.toString(16)}\r\n${text}\r\n0\r\n\r\n`,
    ]);
    expect(answer).toStartWith('HTTP/1.1 401 ');
    expect(answer).toContain('INVALID_CREDENTIALS');
  });
});

describe('a query or a path', () => {
  test.each([
    ['page=1&page=2', 400],
    ['search=a&search=b', 400],
    ['page[]=1', 200],
    ['__proto__=1&constructor=2&hasOwnProperty=3', 200],
    ['search=%00', 200],
    ['search=%E0%A4%A', 200],
    ['search=%ED%A0%80', 200],
    ['search=%F0%9F%98%80', 200],
    [`search=${'x'.repeat(101)}`, 400],
    ['page=0', 400],
    ['page=-1', 400],
    ['page=1e3', 400],
    ['page=99999999999', 400],
    ['page_size=101', 400],
    ['ordering=password', 400],
    ['ordering=id;drop%20table%20users', 400],
    ['sex=', 400],
    ['created_from=2020-13-01', 400],
    ['&&&===&', 200],
    ['%', 200],
  ])('?%s answers %d', async (query, status) => {
    const answer = await admin.request('GET', `/api/patients/?${query}`);
    expect(answer.status).toBe(status);
    if (status === 400) expectError(answer, 'VALIDATION_ERROR');
  });

  test.each(['0', '-1', '1.5', '1e3', '%00', '%E0%A4%A', '9999999999999999', 'NaN', '１', '1%20', "1'"])(
    '/%s/ is no id',
    async (id) => {
      expectError(await admin.request('GET', `/api/patients/${id}/`), 'VALIDATION_ERROR');
    },
  );

  test('with a slash written as %2F stays one part', async () => {
    expectError(await admin.request('GET', '/api/patients/1%2Frestore/'), 'VALIDATION_ERROR');
    expectError(await admin.request('GET', '/api/patients/9007199254740991/'), 'NOT_FOUND');
  });
});
