import { and, eq, isNull, or } from 'drizzle-orm';
import type * as v from 'valibot';
import { type Ctx, type Passwords, transaction } from '../../context.ts';
import { audit } from '../../db/audit.ts';
import { AppError } from '../../errors.ts';
import { holdTo } from '../../http/rate-limit.ts';
import { users } from '../users/tables.ts';
import type { Login } from './schemas.ts';
import { openSession } from './sessions.ts';
import { userInfo } from './user-info.ts';

/** Failed attempts within the window after which a name or an address must wait (contract, "Auth"). */
const FAILURES = 10;
const WINDOW_SECONDS = 600;

let decoy: string | undefined;

/** Verified instead of a password of nobody, so that an unknown name takes as long as a wrong password. */
const decoyHash = async (passwords: Passwords): Promise<string> =>
  (decoy ??= await passwords.hash(crypto.randomUUID()));

/**
 * Signs a person in by username or e-mail and opens a session.
 * @throws AppError INVALID_CREDENTIALS, or RATE_LIMITED after ten failures of one name or address
 */
export async function login(ctx: Ctx, input: v.InferOutput<typeof Login>) {
  const { counters, passwords } = ctx.services;
  const named = or(eq(users.username, input.username), eq(users.email, input.username));
  const [account] = await ctx.db
    .select({ id: users.id, passwordHash: users.passwordHash, isActive: users.isActive })
    .from(users)
    .where(and(named, isNull(users.deletedAt)));
  const watched = await watchedNames(ctx, input.username, account?.id);
  await assertNotBlocked(ctx, watched);

  const hash = account?.passwordHash ?? (await decoyHash(passwords));
  const right = await passwords.verify(input.password, hash);
  if (!account || !right || !account.isActive) {
    await Promise.all(watched.map((name) => counters.add(name, WINDOW_SECONDS)));
    throw new AppError('INVALID_CREDENTIALS');
  }
  // Again: of many guesses sent at once, all were let through before the first was counted.
  const failures = await assertNotBlocked(ctx, watched);

  const tokens = await transaction(ctx, async (tx) => {
    const pair = await openSession(tx, account.id);
    await tx.db.update(users).set({ lastLogin: tx.now }).where(eq(users.id, account.id));
    await audit(tx, { action: 'login', entity: 'user', entityId: account.id });
    return pair;
  });
  if (failures.some(({ count }) => count > 0)) await counters.clear(watched[0] ?? '');
  return { ...tokens, user_info: await userInfo(ctx, account.id) };
}

/** The failures counted so far. @throws AppError RATE_LIMITED when they are too many */
async function assertNotBlocked(ctx: Ctx, watched: string[]) {
  const failures = await Promise.all(watched.map((name) => ctx.services.counters.read(name)));
  // The attempt itself would be one more, if it fails.
  for (const { count, resetSeconds } of failures) holdTo(ctx, FAILURES, { count: count + 1, resetSeconds });
  return failures;
}

/**
 * What failures are counted under. An account is one, whichever of its names was typed: the database finds `ádmin` as
 * `admin`. A name of nobody is kept as a fingerprint, as long and as telling as any other.
 */
async function watchedNames({ ip, services }: Ctx, typed: string, accountId?: number): Promise<string[]> {
  const name =
    accountId === undefined
      ? `login:name:${await services.tokens.fingerprint(typed.toLowerCase())}`
      : `login:user:${accountId}`;
  return [name, ...(ip === null ? [] : [`login:ip:${ip}`])];
}
