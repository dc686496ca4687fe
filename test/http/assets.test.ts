import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { startTestApp, type TestApp } from '../harness.ts';
import { listen } from './service.ts';

let app: TestApp;
let server: ReturnType<typeof listen>;
beforeAll(async () => {
  app = await startTestApp({ CORS_ALLOWED_ORIGINS: 'https://front.example' });
  server = listen(app);
});
afterAll(async () => {
  await server?.stop();
  await app.close();
});

/** As it comes over the wire; `identity` is what a client asks for that takes nothing else. */
const get = async (path: string, encoding: string, headers: Record<string, string> = {}) => {
  const response = await fetch(`http://127.0.0.1:${server.port}${path}`, {
    headers: { 'accept-encoding': encoding, ...headers },
    decompress: false,
  });
  return { status: response.status, headers: response.headers, bytes: await response.bytes() };
};

describe.each(['/admin/panel.js', '/admin/panel.css', '/assets/api-reference.js'])('%s', (path) => {
  test('comes in fewer bytes to who takes gzip, and is the same', async () => {
    const plain = await get(path, 'identity');
    const packed = await get(path, 'gzip, deflate, br');
    expect([plain.status, packed.status]).toEqual([200, 200]);
    expect([plain.headers.get('content-encoding'), packed.headers.get('content-encoding')]).toEqual([
      null,
      'gzip',
    ]);
    expect(packed.bytes.length).toBeLessThan(plain.bytes.length / 2);
    expect(Buffer.from(Bun.gunzipSync(packed.bytes)).equals(plain.bytes)).toBe(true);
    expect(packed.headers.get('content-type')).toBe(plain.headers.get('content-type'));
    expect(packed.headers.get('content-length')).toBe(String(packed.bytes.length));
  });

  test('caches keep the two apart', async () => {
    const plain = await get(path, 'identity', { origin: 'https://front.example' });
    const packed = await get(path, 'gzip', { origin: 'https://front.example' });
    const [etag, packedEtag] = [plain, packed].map(({ headers }) => headers.get('etag') ?? '');
    expect(etag).not.toBe(packedEtag);
    for (const { headers } of [plain, packed]) {
      expect(headers.get('vary')?.toLowerCase().split(', ')).toEqual(['origin', 'accept-encoding']);
    }
    const again = await get(path, 'gzip', { 'if-none-match': packedEtag ?? '' });
    expect([again.status, again.bytes.length, again.headers.get('etag')]).toEqual([304, 0, packedEtag ?? '']);
    expect(again.headers.get('vary')?.toLowerCase()).toContain('accept-encoding');
    expect((await get(path, 'identity', { 'if-none-match': packedEtag ?? '' })).status).toBe(200);
    expect((await get(path, 'identity', { 'if-none-match': etag ?? '' })).status).toBe(304);
  });

  test.each(['', 'br', 'gzip;q=0', 'deflate, gzip; q=0.0', 'xgzip'])(
    'is plain to who asks for %p',
    async (encoding) => {
      const { headers } = await get(path, encoding);
      expect(headers.get('content-encoding')).toBeNull();
    },
  );
});
