import { InvalidField, type Text } from '../../errors.ts';

type Names = { username: string; email: string };

/** People also log in by e-mail: a name that looks like somebody else's would stand in that person's way. */
export const isOwnName = ({ username, email }: Names): boolean =>
  !username.includes('@') || username.toLowerCase() === email.toLowerCase();

/** What is said of a username that is not {@link isOwnName}. */
export const NOT_OWN_NAME: Text = {
  es: 'Solo el propio correo electrónico puede llevar @.',
  en: "Only the person's own e-mail address may have an @.",
};

/** @throws InvalidField against `username`, see {@link isOwnName} */
export function assertOwnName(names: Names): void {
  if (!isOwnName(names)) throw new InvalidField('username', NOT_OWN_NAME);
}
