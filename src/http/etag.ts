import type { Ctx } from '../context.ts';
import { AppError } from '../errors.ts';

/** FNV-1a over the text with two seeds: 64 bits, enough to tell two versions of one resource apart. */
function fingerprint(text: string): string {
  let a = 0x811c9dc5;
  let b = 0x050c5d1f;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    a = Math.imul(a ^ unit, 0x01000193);
    b = Math.imul(b ^ unit, 0x01000193);
  }
  return (a >>> 0).toString(36) + (b >>> 0).toString(36);
}

/** The entity tag of a single resource as the client sees it (RFC 9110, 8.8.3). */
export const etagOf = (resource: unknown): string => `"${fingerprint(JSON.stringify(resource))}"`;

/** Whether an `If-Match` or `If-None-Match` header names the tag. */
export const matches = (header: string, etag: string): boolean =>
  header.trim() === '*' ||
  header.split(',').some((candidate) => candidate.trim().replace(/^W\//, '') === etag);

/**
 * Refuses a change to a resource that is no longer what the client read; to be called inside the transaction.
 * @throws AppError PRECONDITION_FAILED
 */
export function assertUnchanged(ctx: Ctx, current: unknown): void {
  if (ctx.ifMatch !== null && !matches(ctx.ifMatch, etagOf(current)))
    throw new AppError('PRECONDITION_FAILED');
}
