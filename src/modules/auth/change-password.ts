import { eq } from 'drizzle-orm';
import { user } from '../../access/ownership.ts';
import { assertGoodPassword } from '../../access/password-rules.ts';
import { type Ctx, transaction } from '../../context.ts';
import { InvalidField } from '../../errors.ts';
import { success } from '../../success.ts';
import { users } from '../users/tables.ts';
import { setPassword } from './set-password.ts';
import { proved, watchedAccount } from './throttle.ts';

/**
 * Changes the caller's own password and closes their other sessions.
 * @throws InvalidField for a wrong current or a weak new password, AppError RATE_LIMITED
 */
export async function changePassword(ctx: Ctx, input: { current_password: string; new_password: string }) {
  const { userId, sessionId } = user(ctx);
  const { passwords, sessions } = ctx.services;
  const [account] = await ctx.db
    .select({ username: users.username, passwordHash: users.passwordHash })
    .from(users)
    .where(eq(users.id, userId));
  if (!account) throw new Error('the signed-in account is gone');
  const wrong = new InvalidField('current_password', {
    es: 'No es su contraseña actual.',
    en: 'Is not your current password.',
  });
  const prove = async () => (await passwords.verify(input.current_password, account.passwordHash)) || null;
  await proved(ctx, watchedAccount(ctx, userId), prove, wrong);
  await assertGoodPassword(input.new_password, account.username, 'new_password');

  const passwordHash = await passwords.hash(input.new_password);
  const closed = await transaction(ctx, async (tx) => {
    const [now] = await tx.db
      .select({ passwordHash: users.passwordHash })
      .from(users)
      .where(eq(users.id, userId))
      .for('update');
    if (now?.passwordHash !== account.passwordHash) throw wrong;
    return setPassword(tx, { userId, passwordHash, event: 'password_changed', keep: sessionId });
  });
  await sessions.changed(closed);
  return success(ctx, {
    es: 'Contraseña cambiada. Sus otras sesiones se cerraron.',
    en: 'Password changed. Your other sessions were closed.',
  });
}
