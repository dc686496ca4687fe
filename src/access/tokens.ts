import { jwt } from '@elysiajs/jwt';
import { type CacheUse, cacheUse } from '../cache/use.ts';
import { AppError } from '../errors.ts';

/** Minutes that an access token lives (contract, "Auth"). */
export const ACCESS_MINUTES = 15;
/** Days that a session lives after its last refresh. */
export const SESSION_DAYS = 14;

/** What a token of ours says. */
export type Claims = { userId: number; sessionId: string; tokenId: string; expiresAt: number };

type Use = 'access' | 'refresh';

/** Signs and reads the service's tokens (HS256). `read` throws AppError TOKEN_EXPIRED or TOKEN_INVALID. */
export type Tokens = {
  sign: (use: Use, claims: Claims) => Promise<string>;
  read: (use: Use, token: string) => Promise<Claims>;
  /** Keyed hash (HMAC-SHA-256, hex) of a text: the same for the same text, and tells nothing of it. */
  fingerprint: (text: string) => Promise<string>;
  /** Of the access tokens that were verified before. */
  cache: CacheUse;
};

/** How many verified access tokens are remembered: their signature cannot change, so it is checked once. */
const REMEMBERED = 10_000;

const EPOCH = new Date(0);

/** Makes the signer from the service's key. */
export function createTokens(secretKey: string): Tokens {
  const signer = jwt({ name: 'jwt', secret: secretKey, alg: 'HS256' }).decorator.jwt;
  const verified = new Map<string, Claims>();
  const cache = cacheUse();

  const read = async (use: Use, token: string): Promise<Claims> => {
    const known = verified.get(`${use} ${token}`);
    if (use === 'access') {
      cache.asked += 1;
      if (known) cache.known += 1;
    }
    const claims = known ?? (await check(use, token));
    if (claims.expiresAt * 1000 <= Date.now()) {
      verified.delete(`${use} ${token}`);
      throw new AppError('TOKEN_EXPIRED');
    }
    if (!known && use === 'access') {
      if (verified.size >= REMEMBERED) verified.delete(verified.keys().next().value ?? '');
      verified.set(`${use} ${token}`, claims);
    }
    return claims;
  };

  const check = async (use: Use, token: string): Promise<Claims> => {
    // Read as of 1970, so that an expired token is told apart from a forged one; `read` compares the expiry.
    const payload = await signer.verify(token, { algorithms: ['HS256'], currentDate: EPOCH });
    if (!payload || payload['use'] !== use) throw new AppError('TOKEN_INVALID');
    const { sub, sid, jti, exp } = payload as Record<string, unknown>;
    const userId = Number(sub);
    if (
      !Number.isSafeInteger(userId) ||
      typeof sid !== 'string' ||
      typeof jti !== 'string' ||
      typeof exp !== 'number'
    ) {
      throw new AppError('TOKEN_INVALID');
    }
    return { userId, sessionId: sid, tokenId: jti, expiresAt: exp };
  };

  const encoder = new TextEncoder();
  const hmac = { name: 'HMAC', hash: 'SHA-256' };
  const key = crypto.subtle.importKey('raw', encoder.encode(secretKey), hmac, false, ['sign']);

  return {
    fingerprint: async (text) =>
      new Uint8Array(await crypto.subtle.sign('HMAC', await key, encoder.encode(text))).toHex(),
    sign: (use, claims) =>
      signer.sign({
        use,
        sub: String(claims.userId),
        sid: claims.sessionId,
        jti: claims.tokenId,
        exp: claims.expiresAt,
        iat: true,
      }),
    read,
    cache,
  };
}
