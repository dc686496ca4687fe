import { and, eq, isNull, like, type SQL, sql } from 'drizzle-orm';
import type * as v from 'valibot';
import { user } from '../../access/ownership.ts';
import { assertGoodPassword } from '../../access/password-rules.ts';
import { type Ctx, transaction } from '../../context.ts';
import { columnsOf } from '../../db/casing.ts';
import { containing } from '../../db/page.ts';
import { resource } from '../../db/resource.ts';
import { notFound } from '../../errors.ts';
import { words } from '../../search-text.ts';
import { assertRole } from '../access/roles.ts';
import { closeAllSessions } from '../auth/sessions.ts';
import { setPassword } from '../auth/set-password.ts';
import { assertOwnName } from './own-name.ts';
import { assertMayManage, assertOwnAccountSafe, assertPermittedFields } from './permitted-fields.ts';
import { assertAdministratorStays, assertRoleFits } from './rules.ts';
import type { NewUser, UserChanges, UserQuery } from './schemas.ts';
import { users } from './tables.ts';
import { type UserRow, userViews } from './view.ts';

/** WHERE: every account, or the caller's own. */
export const visibleUsers = (ctx: Ctx): SQL | undefined =>
  ctx.scopes.includes('any') ? undefined : eq(users.id, user(ctx).userId);

/** The verbs of accounts without their rules; what changes one uses {@link changeUser} or `photo.ts`. */
export const userRecords = resource({
  entity: 'user',
  table: users,
  view: userViews,
  ordering: {
    username: users.username,
    last_name: [users.lastName, users.firstName],
    created_at: users.createdAt,
    last_login: users.lastLogin,
  },
  defaultOrdering: '-created_at',
  visible: visibleUsers,
  restore: 'users:restore',
});

export const { get: getUser, restore: restoreUser } = userRecords;

/** Accounts, the latest made first; `search` looks at names, username, e-mail and telephone. */
export const listUsers = (ctx: Ctx, query: v.InferOutput<typeof UserQuery>) =>
  userRecords.list(
    ctx,
    query,
    and(
      query.role === undefined ? undefined : eq(users.role, query.role),
      query.is_active === undefined ? undefined : eq(users.isActive, query.is_active),
      ...words(query.search).map((word) => like(SEARCHED, containing(word))),
    ),
  );

const SEARCHED = sql`concat_ws(' ', ${users.firstName}, ${users.lastName}, ${users.username}, ${users.email}, replace(${users.phone}, ' ', ''))`;

/** Makes an account. @throws InvalidField for a weak password or an unknown role, FieldConflict */
export async function createUser(ctx: Ctx, input: v.InferOutput<typeof NewUser>) {
  const { password, ...account } = input;
  assertOwnName(account);
  const passwordHash = await hashed(ctx, password, account.username);
  return userRecords.create(ctx, async (tx) => {
    await assertRole(tx, account.role);
    return { ...columnsOf(account), passwordHash };
  });
}

/**
 * Changes an account: an administrator everything, people themselves how they are named and reached. Who is switched
 * off, or gets another role or password, is signed out everywhere at once.
 * @throws FieldConflict, InvalidField, RuleViolation `last_administrator`
 * @throws AppError NOT_FOUND, PRECONDITION_FAILED, INSUFFICIENT_PERMISSIONS or RATE_LIMITED
 */
export async function changeUser(ctx: Ctx, id: number, input: v.InferOutput<typeof UserChanges>) {
  const { password, current_password: _, ...fields } = input;
  const account = await findAccount(ctx, id);
  const [shown = {}] = await userViews(ctx, [account]);
  assertPermittedFields(ctx, account, shown, fields);
  await assertOwnAccountSafe(ctx, account, input);
  const passwordHash =
    password === undefined ? undefined : await hashed(ctx, password, fields.username ?? account.username);

  let closed: string[] = [];
  const answer = await userRecords.update(ctx, id, async (tx, current) => {
    assertMayManage(tx, current);
    assertOwnName({ ...current, ...columnsOf(fields) });
    const role = fields.role ?? current.role;
    const changesRole = role !== current.role;
    const leaves = fields.is_active === false && current.isActive;
    if (changesRole) {
      await assertRole(tx, role);
      await assertRoleFits(tx, id, role);
    }
    if (changesRole || leaves) await assertAdministratorStays(tx, current);
    closed = changesRole || leaves ? await closeAllSessions(tx, id) : [];
    if (passwordHash) {
      closed.push(...(await setPassword(tx, { userId: id, passwordHash, event: 'password_reset' })));
    }
    return { ...columnsOf(fields), ...(role === 'administrator' ? {} : { isSuperuser: false }) };
  });
  await ctx.services.sessions.changed(closed);
  return answer;
}

/**
 * Deletes an account, in a way that can be undone, and signs it out everywhere.
 * @throws RuleViolation `last_administrator`, AppError NOT_FOUND, PRECONDITION_FAILED or INSUFFICIENT_PERMISSIONS
 */
export async function removeUser(ctx: Ctx, id: number) {
  const { answer, closed } = await transaction(ctx, async (tx) => {
    const account = await findAccount(tx, id);
    assertMayManage(tx, account);
    await assertAdministratorStays(tx, account);
    return { closed: await closeAllSessions(tx, id), answer: await userRecords.remove(tx, id) };
  });
  await ctx.services.sessions.changed(closed);
  return answer;
}

/** Locked in a transaction. @throws AppError NOT_FOUND for an account that the caller does not see */
async function findAccount(ctx: Ctx, id: number): Promise<UserRow> {
  const found = ctx.db
    .select()
    .from(users)
    .where(and(eq(users.id, id), isNull(users.deletedAt), visibleUsers(ctx)));
  const [account] = await (ctx.inTransaction ? found.for('update') : found);
  if (!account) throw notFound();
  return account;
}

/** @throws InvalidField for a weak password */
async function hashed(ctx: Ctx, password: string, username: string): Promise<string> {
  await assertGoodPassword(password, username);
  return ctx.services.passwords.hash(password);
}
