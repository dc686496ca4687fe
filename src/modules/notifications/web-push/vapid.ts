import type { Config } from '../../../config.ts';
import { fromBase64Url, toBase64Url, utf8 } from './bytes.ts';

const LIFETIME = 12 * 60 * 60;

/** The `Authorization` header that tells a push service who we are (RFC 8292). */
export async function vapidAuthorization(
  endpoint: URL,
  { publicKey, privateKey, subject }: NonNullable<Config['vapid']>,
  nowMs: number,
): Promise<string> {
  const point = fromBase64Url(publicKey);
  const key = await crypto.subtle.importKey(
    'jwk',
    {
      kty: 'EC',
      crv: 'P-256',
      x: toBase64Url(point.subarray(1, 33)),
      y: toBase64Url(point.subarray(33, 65)),
      d: toBase64Url(fromBase64Url(privateKey)),
    },
    { name: 'ECDSA', namedCurve: 'P-256' },
    false,
    ['sign'],
  );
  const claims = { aud: endpoint.origin, exp: Math.floor(nowMs / 1000) + LIFETIME, sub: subject };
  const signed = `${encode({ typ: 'JWT', alg: 'ES256' })}.${encode(claims)}`;
  const signature = await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, key, utf8(signed));
  return `vapid t=${signed}.${toBase64Url(new Uint8Array(signature))}, k=${toBase64Url(point)}`;
}

const encode = (value: object): string => toBase64Url(utf8(JSON.stringify(value)));
