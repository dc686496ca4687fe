import { and, eq, gt } from 'drizzle-orm';
import { isUsable } from '../../access/account.ts';
import { assertGoodPassword } from '../../access/password-rules.ts';
import { type Ctx, transaction } from '../../context.ts';
import { InvalidField } from '../../errors.ts';
import { holdTo } from '../../http/rate-limit.ts';
import { success } from '../../success.ts';
import { users } from '../users/tables.ts';
import { RESET_MINUTES, resetTokenHash } from './reset-token.ts';
import { setPassword } from './set-password.ts';
import { passwordResets } from './tables.ts';
import { forgiven, watchedAccount } from './throttle.ts';

/** Attempts from one address within an hour. */
const PER_ADDRESS = 60;

/**
 * Gives the account of a reset link another password, once, and closes all its sessions. A password that is refused
 * does not use the link up.
 * @throws InvalidField for a token that is wrong, used or older than 30 min, or a weak password; AppError RATE_LIMITED
 */
export async function resetPassword(ctx: Ctx, input: { token: string; new_password: string }) {
  const { counters, passwords, sessions } = ctx.services;
  holdTo(ctx, PER_ADDRESS, await counters.add(`reset:ip:${ctx.ip}`, 3_600));
  const tokenHash = await resetTokenHash(ctx, input.token);
  const good = and(
    eq(passwordResets.tokenHash, tokenHash),
    gt(passwordResets.requestedAt, ctx.now.subtract({ minutes: RESET_MINUTES })),
    isUsable,
  );
  const find = (db: Ctx['db']) =>
    db
      .select({ userId: users.id, username: users.username })
      .from(passwordResets)
      .innerJoin(users, eq(users.id, passwordResets.userId))
      .where(good);
  const invalid = new InvalidField('token', {
    es: 'El enlace no es válido, ya se usó o venció. Pida otro.',
    en: 'The link is not valid, was used or has expired. Ask for another one.',
  });

  const [account] = await find(ctx.db);
  if (!account) throw invalid;
  const { userId, username } = account;
  await assertGoodPassword(input.new_password, username, 'new_password');
  const passwordHash = await passwords.hash(input.new_password);
  const closed = await transaction(ctx, async (tx) => {
    const [still] = await find(tx.db).for('update');
    if (!still) throw invalid;
    return setPassword(tx, { userId, passwordHash, event: 'password_reset' });
  });
  await Promise.all([sessions.changed(closed), forgiven(ctx, watchedAccount(ctx, userId))]);
  return success(ctx, {
    es: 'Contraseña cambiada. Ya puede iniciar sesión.',
    en: 'Password changed. You can log in now.',
  });
}
