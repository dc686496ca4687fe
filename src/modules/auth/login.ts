import { and, eq, isNull, or } from 'drizzle-orm';
import type * as v from 'valibot';
import { type Ctx, type Passwords, transaction } from '../../context.ts';
import { audit } from '../../db/audit.ts';
import { AppError, type Text } from '../../errors.ts';
import { users } from '../users/tables.ts';
import type { Login } from './schemas.ts';
import { hasSecondFactor, type Proof, readCode, spend } from './second-factor.ts';
import { alertOwner } from './security-alert.ts';
import { openSession } from './sessions.ts';
import { forgiven, proved, type Watched, watchedAccount, watchedStranger } from './throttle.ts';
import { userInfo } from './user-info.ts';

let decoy: string | undefined;

/** Verified instead of a password of nobody, so that an unknown name takes as long as a wrong password. */
const decoyHash = async (passwords: Passwords): Promise<string> =>
  (decoy ??= await passwords.hash(crypto.randomUUID()));

const ASK_FOR_CODE: Text = {
  es: 'Ingrese el código de su aplicación de autenticación o un código de recuperación.',
  en: 'Enter the code of your authenticator app or a recovery code.',
};
const WRONG_CODE: Text = {
  es: 'El código no es válido o ya se usó.',
  en: 'The code is not valid or was used.',
};

/** `details.otp` tells a front end that the password was right and a code is asked for. */
const codeRefused = ({ language }: Ctx, reason: Text) =>
  new AppError('INVALID_CREDENTIALS', { otp: [reason[language]] });

/**
 * Signs a person in by username or e-mail, and by a second factor where they have one, and opens a session.
 * @throws AppError INVALID_CREDENTIALS (with `details.otp` when the code is missing or wrong), RATE_LIMITED after ten
 * failures of one name or address, EXTERNAL_SERVICE_ERROR when too many log in at once
 */
export async function login(ctx: Ctx, input: v.InferOutput<typeof Login>) {
  const { passwords } = ctx.services;
  const account = await findAccount(ctx, input.username);
  // An account is one, whichever of its names was typed: the database finds `ádmin` as `admin`.
  const watched = account ? watchedAccount(ctx, account.id) : await watchedStranger(ctx, input.username);

  const checkPassword = async () => {
    const hash = account?.passwordHash ?? (await decoyHash(passwords));
    const right = await passwords.verify(input.password, hash);
    return right && account?.isActive ? account.id : null;
  };
  const userId = await proved(ctx, watched, checkPassword, new AppError('INVALID_CREDENTIALS'));
  const code = await secondFactor(ctx, userId, watched, input.otp);

  const tokens = await transaction(ctx, async (tx) => {
    if (code !== null && !(await spend(tx, userId, code))) throw codeRefused(ctx, WRONG_CODE);
    const pair = await openSession(tx, userId);
    await tx.db.update(users).set({ lastLogin: tx.now }).where(eq(users.id, userId));
    const after = code === null ? undefined : { second_factor: code.kind };
    await audit(tx, { action: 'login', entity: 'user', entityId: userId, after });
    if (code?.kind === 'recovery_code') await alertOwner(tx, userId, 'recovery_code_used');
    return pair;
  });
  await forgiven(ctx, watched);
  return { ...tokens, user_info: await userInfo(ctx, userId) };
}

async function findAccount(ctx: Ctx, name: string) {
  const named = or(eq(users.username, name), eq(users.email, name));
  const [account] = await ctx.db
    .select({ id: users.id, passwordHash: users.passwordHash, isActive: users.isActive })
    .from(users)
    .where(and(named, isNull(users.deletedAt)));
  return account;
}

/** The code of an account that asks for one, still to be spent; null for one that does not. */
async function secondFactor(
  ctx: Ctx,
  userId: number,
  watched: Watched,
  otp: string | undefined,
): Promise<Proof | null> {
  if (!(await hasSecondFactor(ctx, userId))) return null;
  if (otp === undefined) throw codeRefused(ctx, ASK_FOR_CODE);
  return proved(ctx, watched, () => readCode(ctx, userId, otp), codeRefused(ctx, WRONG_CODE));
}
