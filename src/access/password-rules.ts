import { InvalidField, type Text } from '../errors.ts';

const RULES: Record<'short' | 'common' | 'username', Text> = {
  short: { es: 'Debe tener al menos 8 caracteres.', en: 'Must have at least 8 characters.' },
  common: { es: 'Es una contraseña demasiado común.', en: 'Is too common a password.' },
  username: { es: 'No puede ser igual al nombre de usuario.', en: 'Must not be the username.' },
};

let common: Promise<Set<string>> | undefined;

/** The 49,000 most used passwords (zxcvbn's list), loaded when the first password is chosen. */
const commonPasswords = () =>
  (common ??= import('@zxcvbn-ts/language-common').then(
    ({ dictionary }) => new Set(dictionary['passwords-common']),
  ));

/**
 * Checks a new password (contract, "Auth").
 * @throws InvalidField against `field`
 */
export async function assertGoodPassword(
  password: string,
  username: string,
  field = 'password',
): Promise<void> {
  if ([...password].length < 8) throw new InvalidField(field, RULES.short);
  const lower = password.toLowerCase();
  if (lower === username.toLowerCase()) throw new InvalidField(field, RULES.username);
  if ((await commonPasswords()).has(lower)) throw new InvalidField(field, RULES.common);
}
