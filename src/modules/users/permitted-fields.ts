import type * as v from 'valibot';
import { user } from '../../access/ownership.ts';
import type { Ctx } from '../../context.ts';
import { AppError, InvalidField, type Text } from '../../errors.ts';
import { forgiven, proved, watchedAccount } from '../auth/throttle.ts';
import type { UserChanges } from './schemas.ts';
import type { UserRow } from './view.ts';

/** What people say of themselves; the rest is an administrator's. */
const PROFILE = new Set(['first_name', 'last_name', 'phone', 'email', 'password', 'current_password']);

const ADMINISTRATORS_ONLY: Text = {
  es: 'Solo un administrador puede cambiarlo.',
  en: 'Only an administrator can change it.',
};
const OWN_PASSWORD: Text = {
  es: 'Cambie su propia contraseña en /api/auth/password/change/.',
  en: 'Change your own password at /api/auth/password/change/.',
};
const PASSWORD_NEEDED: Text = {
  es: 'Escriba su contraseña actual para cambiar su correo electrónico.',
  en: 'Type your current password to change your e-mail address.',
};
const PASSWORD_WRONG: Text = { es: 'No es su contraseña actual.', en: 'Is not your current password.' };

type Input = Pick<v.InferOutput<typeof UserChanges>, 'email' | 'password' | 'current_password'>;

const isSelf = (ctx: Ctx, id: number): boolean => ctx.actor.kind === 'user' && ctx.actor.userId === id;

/**
 * Refuses what the caller may not set of an account. A field that keeps its value asks for nothing.
 * @throws AppError INSUFFICIENT_PERMISSIONS that names the fields; also for the account of a superuser, which only
 * superusers change
 */
export function assertPermittedFields(
  ctx: Ctx,
  account: UserRow,
  shown: Record<string, unknown>,
  input: object,
): void {
  assertMayManage(ctx, account);
  if (ctx.scopes.includes('any')) return;
  const refused = Object.entries(input)
    .filter(([field, value]) => !PROFILE.has(field) && value !== shown[field])
    .map(([field]) => [field, [ADMINISTRATORS_ONLY[ctx.language]]]);
  if (refused.length > 0) throw new AppError('INSUFFICIENT_PERMISSIONS', Object.fromEntries(refused));
}

/** @throws AppError INSUFFICIENT_PERMISSIONS for the account of a superuser, unless the caller is one, too */
export function assertMayManage(ctx: Ctx, account: UserRow): void {
  const isOrdinary = ctx.actor.kind === 'user' && !user(ctx).isSuperuser;
  if (account.isSuperuser && isOrdinary) throw new AppError('INSUFFICIENT_PERMISSIONS');
}

/**
 * A session that was left open does not give the account away: people change their own password elsewhere, and their
 * own e-mail address with the password.
 * @throws InvalidField, or AppError RATE_LIMITED after ten wrong passwords
 */
export async function assertOwnAccountSafe(ctx: Ctx, account: UserRow, input: Input): Promise<void> {
  if (!isSelf(ctx, account.id)) return;
  if (input.password !== undefined) throw new InvalidField('password', OWN_PASSWORD);
  if (input.email === undefined || input.email === account.email) return;
  if (input.current_password === undefined) throw new InvalidField('current_password', PASSWORD_NEEDED);
  const { current_password: typed } = input;
  const watched = watchedAccount(ctx, account.id);
  const prove = async () => (await ctx.services.passwords.verify(typed, account.passwordHash)) || null;
  await proved(ctx, watched, prove, new InvalidField('current_password', PASSWORD_WRONG));
  await forgiven(ctx, watched);
}
