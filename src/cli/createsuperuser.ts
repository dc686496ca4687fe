import * as v from 'valibot';
import { assertGoodPassword } from '../access/password-rules.ts';
import { type Ctx, systemCtx, transaction } from '../context.ts';
import { audit } from '../db/audit.ts';
import { Email } from '../http/schemas.ts';
import { reasons, say } from '../http/validation.ts';
import { NewPassword, Username } from '../modules/auth/schemas.ts';
import { isOwnName, NOT_OWN_NAME } from '../modules/users/own-name.ts';
import { users } from '../modules/users/tables.ts';
import { ask } from './ask.ts';
import { askNewPassword } from './ask-password.ts';
import { defineCommand, UsageError } from './command.ts';
import { withRuntime } from './runtime.ts';

const Account = v.pipe(
  v.object({ username: Username, email: Email, password: NewPassword }),
  v.forward(v.partialCheck([['username'], ['email']], isOwnName, say(NOT_OWN_NAME)), ['username']),
);

export const command = defineCommand({
  options: {
    username: { type: 'string', value: 'NAME', about: 'What to log in with' },
    email: { type: 'string', value: 'ADDRESS', about: 'Where to write to' },
    password: { type: 'string', value: 'SECRET', about: 'At least 8 characters, not a common one' },
  },
  notes:
    'At a terminal it asks for what is not given; a password that is asked for stays out of the shell history.',
  run: async (given) => {
    const account = check({
      username: given.username ?? (await ask('username', 'Username')),
      email: given.email ?? (await ask('email', 'E-mail')),
      password: given.password ?? (await askNewPassword()),
    });
    await assertGoodPassword(account.password, account.username);
    await withRuntime(({ services }) => create(systemCtx(services, 'createsuperuser'), account));
    process.stdout.write(`${account.username} is an administrator now.\n`);
  },
});

function check(input: v.InferInput<typeof Account>): v.InferOutput<typeof Account> {
  const parsed = v.safeParse(Account, input);
  if (parsed.success) return parsed.output;
  const problems = Object.entries(reasons(Account, input, 'account', 'en'));
  throw new UsageError(problems.map(([field, why]) => `--${field}: ${why.join(' ')}`).join('\n'));
}

async function create(ctx: Ctx, { username, email, password }: v.InferOutput<typeof Account>): Promise<void> {
  const passwordHash = await ctx.services.passwords.hash(password);
  await transaction(ctx, async (tx) => {
    const [made] = await tx.db
      .insert(users)
      .values({
        username,
        email,
        passwordHash,
        firstName: 'Administrador',
        lastName: 'del sistema',
        role: 'administrator',
        isSuperuser: true,
      })
      .$returningId();
    await audit(tx, {
      action: 'create',
      entity: 'user',
      entityId: made?.id ?? 0,
      after: { username, role: 'administrator', is_superuser: true },
    });
  });
}
