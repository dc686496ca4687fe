import { count, eq } from 'drizzle-orm';
import type { Ctx } from '../../context.ts';
import { recoveryCodes } from './tables.ts';

const CODES = 10;
const LENGTH = 10;
/** Crockford's base 32: no letter that looks like a digit. Ten of them are 50 bits. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

const newCode = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(LENGTH)), (byte) => ALPHABET[byte % 32]).join('');

const readable = (code: string): string => `${code.slice(0, LENGTH / 2)}-${code.slice(LENGTH / 2)}`;

/** What is kept of a code: a keyed hash, whichever way the person typed it. */
export function recoveryCodeHash(ctx: Ctx, userId: number, typed: string): Promise<string> {
  const code = typed.toUpperCase().replaceAll('-', '').replaceAll('O', '0').replace(/[IL]/g, '1');
  return ctx.services.tokens.fingerprint(`recovery-code:${userId}:${code}`);
}

/** Replaces an account's recovery codes, inside the caller's transaction. Nobody can read them again. */
export async function makeRecoveryCodes(tx: Ctx, userId: number): Promise<string[]> {
  const codes = Array.from({ length: CODES }, newCode);
  const hashes = await Promise.all(codes.map((code) => recoveryCodeHash(tx, userId, code)));
  await deleteRecoveryCodes(tx, userId);
  await tx.db.insert(recoveryCodes).values(hashes.map((codeHash) => ({ userId, codeHash })));
  return codes.map(readable);
}

/** Inside the caller's transaction. */
export const deleteRecoveryCodes = (tx: Ctx, userId: number) =>
  tx.db.delete(recoveryCodes).where(eq(recoveryCodes.userId, userId));

/** How many the account has left. */
export async function recoveryCodesLeft(ctx: Ctx, userId: number): Promise<number> {
  const [row] = await ctx.db
    .select({ left: count() })
    .from(recoveryCodes)
    .where(eq(recoveryCodes.userId, userId));
  return row?.left ?? 0;
}
