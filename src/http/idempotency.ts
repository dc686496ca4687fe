import type { Ctx } from '../context.ts';
import type { Idempotency } from '../db/idempotency.ts';
import { InvalidField } from '../errors.ts';

const KEY = /^[\x21-\x7e]{1,200}$/;

/** Reads `Idempotency-Key`; null without one. The fingerprint tells one request from another, and no secret. */
export async function idempotencyOf(ctx: Ctx, request: Request, body: unknown): Promise<Idempotency | null> {
  const key = request.headers.get('idempotency-key');
  if (key === null) return null;
  if (!KEY.test(key)) {
    throw new InvalidField('Idempotency-Key', {
      es: 'De 1 a 200 caracteres ASCII sin espacios.',
      en: '1 to 200 ASCII characters without spaces.',
    });
  }
  const { pathname } = new URL(request.url);
  const told = JSON.stringify([request.method, pathname.replace(/\/+$/, ''), await describable(body)]);
  return {
    scope: ctx.actor.kind === 'user' ? `user:${ctx.actor.userId}` : 'public',
    // As a fingerprint: the database compares texts without regard to case, and keys differ by it.
    key: await ctx.services.tokens.fingerprint(key),
    fingerprint: await ctx.services.tokens.fingerprint(told),
    replayed: false,
  };
}

/** A form's files, which JSON leaves out, by their content. */
async function describable(body: unknown): Promise<unknown> {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body;
  const entries = Object.entries(body).map(async ([name, value]) => [
    name,
    value instanceof Blob
      ? new Uint8Array(await crypto.subtle.digest('SHA-256', await value.bytes())).toHex()
      : value,
  ]);
  return Object.fromEntries(await Promise.all(entries));
}
