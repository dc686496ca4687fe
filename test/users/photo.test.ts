import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { extendedWebp, JPEG, png, SECRET, telephoneJpeg } from '../files/pictures.ts';
import { type Client, startTestApp, type TestApp } from '../harness.ts';

let app: TestApp;
let admin: Client;

beforeAll(async () => {
  app = await startTestApp();
  admin = await app.as('administrator');
});
afterAll(() => app.close());

const form = (bytes: Uint8Array | string, name = 'foto.jpg', type = 'image/jpeg', field = 'photo') => {
  const body = new FormData();
  body.append(field, new File([bytes as Uint8Array<ArrayBuffer>], name, { type }));
  return { body };
};

const stored = async () => (await Array.fromAsync(app.services.files.list('photos/'))).length;

/** As a browser asks for it: the bytes of the answer, its headers. */
async function download(url: string, token: string, headers: Record<string, string> = {}) {
  const response = await app.app.handle(
    new Request(url, { headers: { authorization: `Bearer ${token}`, ...headers } }),
  );
  return { status: response.status, headers: response.headers, bytes: await response.bytes() };
}

describe('the own picture', () => {
  test.each([
    ['JPG', telephoneJpeg(), 'image/jpeg', '.jpg'],
    ['PNG', png(), 'image/png', '.png'],
    ['WebP', extendedWebp(), 'image/webp', '.webp'],
  ])('is taken as %s whatever it is called, and comes without metadata', async (_, bytes, type, ending) => {
    const me = await app.as('therapist');
    const { status, json } = await me.request(
      'POST',
      '/api/users/me/photo/',
      form(bytes, '../../x.exe', 'text/html'),
    );
    expect(status).toBe(200);
    expect(json.photo_url).toStartWith(`http://localhost/api/users/${me.userId}/photo/?v=`);

    const file = await download(json.photo_url, me.token);
    expect(file.status).toBe(200);
    expect(Object.fromEntries(file.headers)).toMatchObject({
      'content-type': type,
      'x-content-type-options': 'nosniff',
      'cache-control': 'private, max-age=3600',
    });
    expect(file.headers.get('content-disposition')).toMatch(/^inline; filename="[\w-]+\.\w+"$/);
    expect(file.headers.get('content-disposition')).toContain(ending);
    expect(Buffer.from(file.bytes).toString('latin1')).not.toContain(SECRET);
    expect(file.bytes.length).toBeGreaterThan(40);

    const etag = file.headers.get('etag') ?? '';
    const again = await download(json.photo_url, me.token, { 'if-none-match': etag });
    expect([again.status, again.bytes.length, again.headers.get('etag')]).toEqual([304, 0, etag]);
  });

  test('is replaced and taken away, with its file', async () => {
    const me = await app.as('patient');
    const before = await stored();
    const first = await me.request('POST', '/api/users/me/photo/', form(JPEG));
    const second = await me.request('POST', '/api/users/me/photo/', form(png()));
    expect(second.json.photo_url).not.toBe(first.json.photo_url);
    expect(await stored()).toBe(before + 1);
    expect((await download(first.json.photo_url, me.token)).headers.get('content-type')).toBe('image/png');
    const gone = await me.request('DELETE', '/api/users/me/photo/');
    expect([gone.status, gone.json.photo_url]).toEqual([200, null]);
    expect(await stored()).toBe(before);
    expect((await download(second.json.photo_url, me.token)).status).toBe(404);
    expect((await me.request('DELETE', '/api/users/me/photo/')).status).toBe(200);
  });

  test('leaves no file behind when it is refused for its version', async () => {
    const me = await app.as('patient');
    const before = await stored();
    const headers = { 'if-match': '"old"' };
    expect((await me.request('POST', '/api/users/me/photo/', { ...form(JPEG), headers })).status).toBe(412);
    expect(await stored()).toBe(before);
  });

  test('is no other file, however it is called', async () => {
    const me = await app.as('patient');
    const html = '<script>alert(1)</script>';
    for (const bytes of [
      '',
      html,
      'GIF89a',
      `<svg xmlns="http://www.w3.org/2000/svg">${html}</svg>`,
      JPEG.slice(0, 99),
    ]) {
      const { status, json } = await me.request('POST', '/api/users/me/photo/', form(bytes));
      expect([status, json.code, Object.keys(json.details)]).toEqual([400, 'VALIDATION_ERROR', ['photo']]);
    }
    const wide = await me.request('POST', '/api/users/me/photo/', form(png(6_001, 10)));
    expect([wide.status, wide.json.details.photo[0]]).toEqual([400, expect.stringContaining('6000')]);
    const large = await me.request('POST', '/api/users/me/photo/', form(new Uint8Array(2 * 1024 * 1024 + 1)));
    expect([large.status, large.json.code]).toEqual([413, 'PAYLOAD_TOO_LARGE']);
    for (const request of [
      form(JPEG, 'x.jpg', 'image/jpeg', 'other'),
      { body: { photo: 'x' } },
      { body: {} },
    ]) {
      const { status, json } = await me.request('POST', '/api/users/me/photo/', request);
      expect([status, Object.keys(json.details)]).toEqual([400, ['photo']]);
    }
    expect((await me.request('GET', '/api/users/me/')).json.photo_url).toBeNull();
  });
});

test('a picture is for those who may see the account', async () => {
  const [me, other] = [await app.as('patient'), await app.as('therapist')];
  const { json } = await me.request('POST', '/api/users/me/photo/', form(JPEG));
  expect((await download(json.photo_url, admin.token)).status).toBe(200);
  const foreign = await download(json.photo_url, other.token);
  expect([foreign.status, Buffer.from(foreign.bytes).includes(JPEG.slice(20, 60))]).toEqual([404, false]);
  expect((await app.request('GET', new URL(json.photo_url).pathname)).status).toBe(401);
});
