import { and, eq, isNull } from 'drizzle-orm';
import { generate } from 'lean-qr';
import { toSvgDataURL } from 'lean-qr/extras/svg';
import { Secret } from 'otpauth';
import { user } from '../../access/ownership.ts';
import { type Ctx, transaction } from '../../context.ts';
import { audit } from '../../db/audit.ts';
import { InvalidField, RuleViolation, type Text } from '../../errors.ts';
import { success } from '../../success.ts';
import { clinicName } from '../company/profile.ts';
import { users } from '../users/tables.ts';
import { deleteRecoveryCodes, makeRecoveryCodes } from './recovery-codes.ts';
import { hasSecondFactor, readCode, secretContext, spend, stepOf, totpOf } from './second-factor.ts';
import { alertOwner } from './security-alert.ts';
import { twoFactor } from './tables.ts';
import { proved, watchedAccount } from './throttle.ts';

const SECRET_BYTES = 20;

const WRONG: Text = { es: 'El código no es válido o ya se usó.', en: 'The code is not valid or was used.' };

const rule = (name: string, message: Text) => new RuleViolation([{ rule: name, message }]);

const alreadyEnabled = () =>
  rule('two_factor_enabled', {
    es: 'La verificación en dos pasos ya está activada; desactívela primero.',
    en: 'Two-factor login is on already; turn it off first.',
  });
const notSetUp = () =>
  rule('two_factor_not_set_up', {
    es: 'Comience por configurar su aplicación de autenticación.',
    en: 'Set your authenticator app up first.',
  });
const notEnabled = () =>
  rule('two_factor_disabled', {
    es: 'La verificación en dos pasos no está activada.',
    en: 'Two-factor login is not on.',
  });

/**
 * Gives the caller a new secret for an authenticator app, which counts once a code of it was shown (`enable`). The QR
 * code is a data URL, for an `<img>`.
 * @throws RuleViolation two_factor_enabled
 */
export async function setUpTwoFactor(ctx: Ctx) {
  const { userId } = user(ctx);
  const { sealer } = ctx.services;
  const secret = new Secret({ size: SECRET_BYTES }).base32;
  const sealed = await sealer.seal(secret, secretContext(userId));
  const username = await transaction(ctx, async (tx) => {
    const [account] = await tx.db
      .select({ username: users.username })
      .from(users)
      .where(eq(users.id, userId))
      .for('update');
    if (await hasSecondFactor(tx, userId)) throw alreadyEnabled();
    await tx.db
      .insert(twoFactor)
      .values({ userId, secret: sealed })
      .onDuplicateKeyUpdate({ set: { secret: sealed, lastStep: 0 } });
    await audit(tx, { action: 'set_up_two_factor', entity: 'user', entityId: userId });
    return account?.username ?? '';
  });
  const url = totpOf(secret, { issuer: await clinicName(ctx), label: username }).toString();
  return { secret, otpauth_url: url, qr_code: toSvgDataURL(generate(url)) };
}

/**
 * Turns two-factor login on, with a code of the authenticator that was set up. The recovery codes are shown here only.
 * @throws RuleViolation two_factor_not_set_up or two_factor_enabled, InvalidField, AppError RATE_LIMITED
 */
export async function enableTwoFactor(ctx: Ctx, { code }: { code: string }) {
  const { userId } = user(ctx);
  const [row] = await ctx.db.select().from(twoFactor).where(eq(twoFactor.userId, userId));
  if (row?.enabledAt) throw alreadyEnabled();
  const secret = row && (await ctx.services.sealer.open(row.secret, secretContext(userId)));
  if (!row || !secret) throw notSetUp();
  const refusal = new InvalidField('code', WRONG);
  const show = async () => stepOf(ctx, secret, code.replaceAll(' ', ''));
  const lastStep = await proved(ctx, watchedAccount(ctx, userId), show, refusal);

  const codes = await transaction(ctx, async (tx) => {
    const [enabled] = await tx.db
      .update(twoFactor)
      .set({ enabledAt: tx.now, lastStep })
      // Another set-up at the same time gave another secret.
      .where(
        and(eq(twoFactor.userId, userId), isNull(twoFactor.enabledAt), eq(twoFactor.secret, row.secret)),
      );
    if (enabled.affectedRows !== 1) throw refusal;
    const made = await makeRecoveryCodes(tx, userId);
    await audit(tx, { action: 'enable_two_factor', entity: 'user', entityId: userId });
    await alertOwner(tx, userId, 'two_factor_enabled');
    return made;
  });
  const message = { es: 'Verificación en dos pasos activada.', en: 'Two-factor login is on.' };
  return { recovery_codes: codes, ...success(ctx, message) };
}

/**
 * Turns two-factor login off, with a code of the authenticator or a recovery code.
 * @throws RuleViolation two_factor_disabled, InvalidField, AppError RATE_LIMITED
 */
export async function disableTwoFactor(ctx: Ctx, { code }: { code: string }) {
  const { userId } = user(ctx);
  if (!(await hasSecondFactor(ctx, userId))) throw notEnabled();
  const refusal = new InvalidField('code', WRONG);
  const show = () => readCode(ctx, userId, code);
  const proof = await proved(ctx, watchedAccount(ctx, userId), show, refusal);

  await transaction(ctx, async (tx) => {
    if (!(await spend(tx, userId, proof))) throw refusal;
    await removeSecondFactor(tx, userId);
  });
  return success(ctx, { es: 'Verificación en dos pasos desactivada.', en: 'Two-factor login is off.' });
}

/** Inside the caller's transaction: forgets the authenticator and the recovery codes, and tells the person. */
export async function removeSecondFactor(tx: Ctx, userId: number): Promise<void> {
  await tx.db.delete(twoFactor).where(eq(twoFactor.userId, userId));
  await deleteRecoveryCodes(tx, userId);
  await audit(tx, { action: 'disable_two_factor', entity: 'user', entityId: userId });
  await alertOwner(tx, userId, 'two_factor_disabled');
}
