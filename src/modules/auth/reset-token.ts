import { eq, sql } from 'drizzle-orm';
import type { Ctx } from '../../context.ts';
import { toUtcText } from '../../db/columns.ts';
import { passwordResets } from './tables.ts';

/** How long a reset link is good. */
export const RESET_MINUTES = 30;

/** The token of a request: whoever has neither the mail nor the service's key cannot tell it. */
export const resetToken = (ctx: Ctx, nonce: string): Promise<string> =>
  ctx.services.tokens.fingerprint(`password-reset-token:${nonce}`);

/** What is kept of a token. */
export const resetTokenHash = (ctx: Ctx, token: string): Promise<string> =>
  ctx.services.tokens.fingerprint(`password-reset:${token}`);

/**
 * Makes the token the one that is good for the account. False when it is not: a newer one has taken its place, or it
 * was used before.
 */
export async function keepToken(
  ctx: Ctx,
  token: string,
  { userId, requestedAt }: { userId: number; requestedAt: Temporal.Instant },
): Promise<boolean> {
  const tokenHash = await resetTokenHash(ctx, token);
  const { requestedAt: known } = passwordResets;
  const asked = toUtcText(requestedAt);
  await ctx.db
    .insert(passwordResets)
    .values({ userId, tokenHash, requestedAt })
    .onDuplicateKeyUpdate({
      // Set in the order of the columns: the time last, which both look at.
      set: {
        tokenHash: sql`if(${known} < ${asked}, ${tokenHash}, ${passwordResets.tokenHash})`,
        requestedAt: sql`greatest(${known}, ${asked})`,
      },
    });
  const [row] = await ctx.db
    .select({ tokenHash: passwordResets.tokenHash })
    .from(passwordResets)
    .where(eq(passwordResets.userId, userId));
  return row?.tokenHash === tokenHash;
}
