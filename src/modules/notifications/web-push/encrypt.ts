import { concat, fromBase64Url, utf8 } from './bytes.ts';

/** A browser's half of the encryption, as its PushSubscription states it: base64url. */
export type SubscriptionKeys = { p256dh: string; auth: string };

type Ephemeral = { salt: Uint8Array<ArrayBuffer>; keys: CryptoKeyPair };

const CURVE = { name: 'ECDH', namedCurve: 'P-256' } as const;
const RECORD_SIZE = 4_096;
/** What fits into the one record beside the header (86), the delimiter (1) and the tag (16). */
export const LARGEST_PLAINTEXT = RECORD_SIZE - 86 - 17;

/** Imports a browser's public key. @throws when it is no point of the curve */
export const importPublicKey = (p256dh: string): Promise<CryptoKey> =>
  crypto.subtle.importKey('raw', fromBase64Url(p256dh), CURVE, true, []);

/** The body of a push message: RFC 8291, one `aes128gcm` record (RFC 8188). `ephemeral` is fresh but for tests. */
export async function encryptPush(
  subscription: SubscriptionKeys,
  plaintext: Uint8Array,
  ephemeral?: Ephemeral,
): Promise<Uint8Array<ArrayBuffer>> {
  if (plaintext.length > LARGEST_PLAINTEXT) throw new Error('the push message is too long');
  const { salt, keys } = ephemeral ?? (await freshKeys());
  const browserKey = await importPublicKey(subscription.p256dh);
  const browserPublic = fromBase64Url(subscription.p256dh);
  const ourPublic = new Uint8Array(await crypto.subtle.exportKey('raw', keys.publicKey));
  const secret = await crypto.subtle.deriveBits({ name: 'ECDH', public: browserKey }, keys.privateKey, 256);

  const authInfo = concat(utf8('WebPush: info\0'), browserPublic, ourPublic);
  const keyMaterial = await hkdf(fromBase64Url(subscription.auth), secret, authInfo, 32);
  const contentKey = await hkdf(salt, keyMaterial, utf8('Content-Encoding: aes128gcm\0'), 16);
  const nonce = await hkdf(salt, keyMaterial, utf8('Content-Encoding: nonce\0'), 12);

  const key = await crypto.subtle.importKey('raw', contentKey, 'AES-GCM', false, ['encrypt']);
  const lastRecord = concat(plaintext, Uint8Array.of(2));
  const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv: nonce }, key, lastRecord);
  return concat(salt, recordSize(), Uint8Array.of(ourPublic.length), ourPublic, new Uint8Array(sealed));
}

const freshKeys = async (): Promise<Ephemeral> => ({
  salt: crypto.getRandomValues(new Uint8Array(16)),
  keys: await crypto.subtle.generateKey(CURVE, true, ['deriveBits']),
});

function recordSize(): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, RECORD_SIZE);
  return bytes;
}

async function hkdf(
  salt: Uint8Array<ArrayBuffer>,
  secret: ArrayBuffer,
  info: Uint8Array<ArrayBuffer>,
  length: number,
): Promise<ArrayBuffer> {
  const key = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveBits']);
  return crypto.subtle.deriveBits({ name: 'HKDF', hash: 'SHA-256', salt, info }, key, length * 8);
}
