import { and, eq, isNotNull, lt } from 'drizzle-orm';
import { Secret, TOTP } from 'otpauth';
import type { Ctx } from '../../context.ts';
import { recoveryCodeHash } from './recovery-codes.ts';
import { recoveryCodes, twoFactor } from './tables.ts';

/** A code that is right and was not used when it was read; {@link spend} takes it. */
export type Proof = { kind: 'totp'; step: number } | { kind: 'recovery_code'; codeHash: string };

/** Where an account's secret belongs to (`access/sealer.ts`). */
export const secretContext = (userId: number): string => `two-factor:${userId}`;

/** The authenticator's codes: 6 digits, 30 s, SHA-1, which is what all apps understand. */
export const totpOf = (secret: string, names: { issuer?: string; label?: string } = {}): TOTP =>
  new TOTP({ ...names, secret: Secret.fromBase32(secret) });

/** The time step that a code of six digits belongs to: this one, the last or the next; null when it is wrong. */
export function stepOf({ now }: Ctx, secret: string, code: string): number | null {
  const timestamp = now.epochMilliseconds;
  const delta = totpOf(secret).validate({ token: code, timestamp, window: 1 });
  return delta === null ? null : TOTP.counter({ timestamp }) + delta;
}

/** Whether the account asks for a second factor. */
export async function hasSecondFactor(ctx: Ctx, userId: number): Promise<boolean> {
  const [row] = await ctx.db
    .select({ enabledAt: twoFactor.enabledAt })
    .from(twoFactor)
    .where(enabled(userId));
  return row !== undefined;
}

/** Reads a code of the authenticator or a recovery code; null when it is wrong or spent. */
export async function readCode(ctx: Ctx, userId: number, typed: string): Promise<Proof | null> {
  const code = typed.replaceAll(' ', '');
  return /^\d{6}$/.test(code) ? readTotp(ctx, userId, code) : readRecoveryCode(ctx, userId, code);
}

async function readTotp(ctx: Ctx, userId: number, code: string): Promise<Proof | null> {
  const [row] = await ctx.db.select().from(twoFactor).where(enabled(userId));
  const secret = row && (await ctx.services.sealer.open(row.secret, secretContext(userId)));
  if (!row || !secret) return null;
  const step = stepOf(ctx, secret, code);
  return step === null || step <= row.lastStep ? null : { kind: 'totp', step };
}

async function readRecoveryCode(ctx: Ctx, userId: number, code: string): Promise<Proof | null> {
  const codeHash = await recoveryCodeHash(ctx, userId, code);
  const [row] = await ctx.db
    .select({ id: recoveryCodes.id })
    .from(recoveryCodes)
    .where(and(eq(recoveryCodes.userId, userId), eq(recoveryCodes.codeHash, codeHash)));
  return row ? { kind: 'recovery_code', codeHash } : null;
}

/** Takes a code, inside the caller's transaction; false for all but one of those who have it at the same time. */
export async function spend(tx: Ctx, userId: number, proof: Proof): Promise<boolean> {
  if (proof.kind === 'totp') {
    const { step } = proof;
    const [taken] = await tx.db
      .update(twoFactor)
      .set({ lastStep: step })
      .where(and(enabled(userId), lt(twoFactor.lastStep, step)));
    return taken.affectedRows === 1;
  }
  const [taken] = await tx.db
    .delete(recoveryCodes)
    .where(and(eq(recoveryCodes.userId, userId), eq(recoveryCodes.codeHash, proof.codeHash)));
  return taken.affectedRows === 1;
}

const enabled = (userId: number) => and(eq(twoFactor.userId, userId), isNotNull(twoFactor.enabledAt));
