import { and, eq } from 'drizzle-orm';
import { isUsable } from '../../access/account.ts';
import { type Ctx, transaction } from '../../context.ts';
import { audit } from '../../db/audit.ts';
import { emit } from '../../db/outbox.ts';
import { holdTo } from '../../http/rate-limit.ts';
import { success } from '../../success.ts';
import { users } from '../users/tables.ts';
import { sendPasswordReset } from './jobs.ts';

/** Requests within an hour: for one e-mail address, and from one network address (a clinic shares one). */
const PER_EMAIL = 5;
const PER_ADDRESS = 30;
const HOUR = 3_600;

/**
 * Has a reset link mailed. Does the same work, and answers the same, whether or not there is such an account: the job
 * finds out that there is nobody to write to.
 * @throws AppError RATE_LIMITED
 */
export async function forgotPassword(ctx: Ctx, { email }: { email: string }) {
  const { counters, tokens } = ctx.services;
  const typed = await tokens.fingerprint(email.toLowerCase());
  holdTo(ctx, PER_ADDRESS, await counters.add(`forgot:ip:${ctx.ip}`, HOUR));
  holdTo(ctx, PER_EMAIL, await counters.add(`forgot:email:${typed}`, HOUR));

  const [account] = await ctx.db
    .select({ id: users.id })
    .from(users)
    .where(and(eq(users.email, email), isUsable));
  const userId = account?.id ?? null;
  await transaction(ctx, async (tx) => {
    await audit(tx, { action: 'forgot_password', entity: 'user', entityId: userId ?? 'unknown' });
    const requestedAt = tx.now.epochMilliseconds;
    await emit(tx, sendPasswordReset, { userId, nonce: crypto.randomUUID(), requestedAt });
  });
  return success(ctx, {
    es: 'Si hay una cuenta con ese correo, le enviamos un enlace para elegir otra contraseña.',
    en: 'If there is an account with that address, we have sent a link to choose another password.',
  });
}
