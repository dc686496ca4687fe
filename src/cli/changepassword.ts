import { and, eq, isNull } from 'drizzle-orm';
import { assertGoodPassword } from '../access/password-rules.ts';
import { type Ctx, systemCtx, transaction } from '../context.ts';
import { reasons } from '../http/validation.ts';
import { NewPassword } from '../modules/auth/schemas.ts';
import { hasSecondFactor } from '../modules/auth/second-factor.ts';
import { setPassword } from '../modules/auth/set-password.ts';
import { removeSecondFactor } from '../modules/auth/two-factor.ts';
import { users } from '../modules/users/tables.ts';
import { askNewPassword } from './ask-password.ts';
import { defineCommand, UsageError } from './command.ts';
import { commandLog, withRuntime } from './runtime.ts';

export const command = defineCommand({
  takes: ['USERNAME'],
  options: {
    password: { type: 'string', value: 'SECRET', about: 'At least 8 characters, not a common one' },
    'disable-2fa': {
      type: 'boolean',
      about: 'Also turns two-factor login off, for who lost the telephone and the recovery codes',
    },
  },
  notes:
    'At a terminal it asks for a password that is not given, which keeps it out of the shell history. The person is told\nby mail.',
  run: async ({ password: given, 'disable-2fa': disable = false }, [username = '']) => {
    const password = given ?? (await askNewPassword());
    const problems = Object.values(reasons(NewPassword, password, 'password', 'en')).flat();
    if (problems.length > 0) throw new UsageError(`--password: ${problems.join(' ')}`);
    const change = { username, password, disable };
    const work = ({ services }: { services: Ctx['services'] }) =>
      changeFor(systemCtx(services, 'changepassword'), change);
    await withRuntime(work, commandLog(), { redis: true });
    process.stdout.write(`${username} has another password now${disable ? ' and no second factor' : ''}.\n`);
  },
});

type Change = { username: string; password: string; disable: boolean };

async function changeFor(ctx: Ctx, { username, password, disable }: Change): Promise<void> {
  const { passwords, sessions } = ctx.services;
  const [account] = await ctx.db
    .select({ id: users.id, username: users.username })
    .from(users)
    .where(and(eq(users.username, username), isNull(users.deletedAt)));
  if (!account) throw new Error(`There is no account "${username}".`);
  await assertGoodPassword(password, account.username);
  const passwordHash = await passwords.hash(password);
  const closed = await transaction(ctx, async (tx) => {
    if (disable && (await hasSecondFactor(tx, account.id))) await removeSecondFactor(tx, account.id);
    return setPassword(tx, { userId: account.id, passwordHash, event: 'password_changed' });
  });
  await sessions.changed(closed);
}
