import * as v from 'valibot';

type Received = { path: string; headers: Headers; body: Uint8Array<ArrayBuffer> };

/** A push service on this machine; `state.status` is what it answers with. */
export function startPushService() {
  const received: Received[] = [];
  const state = { status: (_path: string): number => 201 };
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    async fetch(request) {
      const { pathname: path } = new URL(request.url);
      received.push({ path, headers: request.headers, body: new Uint8Array(await request.arrayBuffer()) });
      return new Response(null, { status: state.status(path), headers: { location: `/messages${path}` } });
    },
  });
  return {
    endpoint: (name: string) => `http://127.0.0.1:${server.port}/${name}`,
    origin: `http://127.0.0.1:${server.port}`,
    received,
    state,
    close: () => server.stop(true),
  };
}

const base64Url = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url');
const CURVE = { name: 'ECDH', namedCurve: 'P-256' } as const;

const Payload = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    title: v.string(),
    body: v.string(),
    lang: v.string(),
    tag: v.string(),
    data: v.object({ notification_id: v.number(), kind: v.string() }),
  }),
);

/** A browser's side of RFC 8291: what it hands to the server, and how it reads what comes. */
export async function makeBrowser() {
  const pair = await crypto.subtle.generateKey(CURVE, true, ['deriveBits']);
  const publicKey = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey));
  const auth = crypto.getRandomValues(new Uint8Array(16));

  const open = async (body: Uint8Array<ArrayBuffer>) => {
    const salt = body.slice(0, 16);
    const keyLength = body[20] ?? 0;
    const sender = body.slice(21, 21 + keyLength);
    const senderKey = await crypto.subtle.importKey('raw', sender, CURVE, true, []);
    const secret = await crypto.subtle.deriveBits({ name: 'ECDH', public: senderKey }, pair.privateKey, 256);
    const material = await derive(
      secret,
      auth,
      Buffer.concat([text('WebPush: info\0'), publicKey, sender]),
      32,
    );
    const key = await derive(material, salt, text('Content-Encoding: aes128gcm\0'), 16);
    const iv = await derive(material, salt, text('Content-Encoding: nonce\0'), 12);
    const cipher = await crypto.subtle.importKey('raw', key, 'AES-GCM', false, ['decrypt']);
    const record = new Uint8Array(
      await crypto.subtle.decrypt({ name: 'AES-GCM', iv }, cipher, body.slice(21 + keyLength)),
    );
    const end = record.lastIndexOf(2);
    return v.parse(Payload, new TextDecoder().decode(record.slice(0, end)));
  };
  return { keys: { p256dh: base64Url(publicKey), auth: base64Url(auth) }, open };
}

const text = (value: string) => Buffer.from(value);

async function derive(secret: ArrayBuffer, salt: Uint8Array<ArrayBuffer>, info: Uint8Array, length: number) {
  const key = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveBits']);
  const parameters = { name: 'HKDF', hash: 'SHA-256', salt, info: new Uint8Array(info) };
  return crypto.subtle.deriveBits(parameters, key, length * 8);
}

/** A key pair as VAPID_PUBLIC_KEY and VAPID_PRIVATE_KEY have it. */
export async function makeVapidKeys() {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };
  const pair = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const { d = '' } = await crypto.subtle.exportKey('jwk', pair.privateKey);
  const publicKey = base64Url(new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey)));
  return { publicKey, privateKey: d, verifier: pair.publicKey };
}
