import type { Ctx } from '../context.ts';
import { databaseFailure } from '../db/failure.ts';

/**
 * Stores a file and has a transaction `note` its key. The file goes again when that has failed, and when a repeated
 * request found the first one's answer. When the database went away meanwhile nobody knows whether it has noted the key:
 * the file stays, and the nightly clean-up removes it unless a row names it.
 */
export async function storeNoted<T>(
  ctx: Ctx,
  key: string,
  content: Blob | Uint8Array,
  note: () => Promise<T>,
): Promise<T> {
  const { files } = ctx.services;
  await files.save(key, content);
  try {
    const answer = await note();
    if (ctx.idempotency?.replayed) await files.remove(key);
    return answer;
  } catch (error) {
    if (databaseFailure(error)?.code !== 'DATABASE_UNAVAILABLE') await files.remove(key);
    throw error;
  }
}
