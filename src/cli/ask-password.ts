import { askSecret } from './ask.ts';

/** Asks for a new password twice. @throws UsageError when there is no terminal to ask at, Error when the two differ */
export async function askNewPassword(): Promise<string> {
  const password = await askSecret('password', 'Password');
  if (password !== (await askSecret('password', 'Password again')))
    throw new Error('The two passwords differ.');
  return password;
}
