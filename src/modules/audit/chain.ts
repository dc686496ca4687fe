import { createHmac, hkdfSync } from 'node:crypto';
import type { auditLog } from '../../db/audit.ts';

/** What a link says of its row: everything but the details, which may be erased by law. */
type Core = Omit<typeof auditLog.$inferSelect, 'before' | 'after' | 'sealed'>;
type Details = Pick<typeof auditLog.$inferSelect, 'before' | 'after'>;

/** The `hash` before the first link. */
export const GENESIS = '0'.repeat(64);

/**
 * The hashes of the audit chain. They are keyed (HMAC-SHA-256 with a key derived from SECRET_KEY, RFC 5869): whoever can
 * write to the database but does not have the key cannot compute the links of a forged history, nor guess erased details
 * by hashing candidates.
 */
export type Chain = ReturnType<typeof createChain>;

/** @param secretKey the service's SECRET_KEY */
export function createChain(secretKey: string) {
  const key = new Uint8Array(hkdfSync('sha256', secretKey, '', 'audit chain', 32));
  const mac = (text: string): string => createHmac('sha256', key).update(text).digest('hex');
  return {
    /** Stands for a row's details in its link, so that the link holds when they are erased. Differs from row to row. */
    detailsDigest: (id: number, { before, after }: Details): string =>
      mac(`details\n${id}\n${canonical([before, after])}`),
    /** A link's hash: over its number, the previous link's hash, the row, and the digest of the row's details. */
    link: (seq: number, previous: string, row: Core, detailsDigest: string): string =>
      mac(`link\n${seq}\n${previous}\n${canonical(coreOf(row))}\n${detailsDigest}`),
    /** Binds the head to the chain's length: an older link's hash does not pass for the head. */
    head: (seq: number, hash: string): string => mac(`head\n${seq}\n${hash}`),
  };
}

const coreOf = (row: Core) => [
  row.id,
  row.at.epochMilliseconds,
  row.actorId,
  row.actor,
  row.ip,
  row.requestId,
  row.action,
  row.entity,
  row.entityId,
];

/** JSON with sorted keys: MySQL keeps an object's keys in an order of its own, MariaDB as they were written. */
function canonical(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  const members = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, one]) => `${JSON.stringify(key)}:${canonical(one)}`).join(',')}}`;
}
