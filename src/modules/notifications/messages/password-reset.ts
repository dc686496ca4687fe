import type { Config } from '../../../config.ts';
import type { Language } from '../../../errors.ts';
import { type Content, ended, inWords, linkTo, oneLine } from './content.ts';

type Facts = { token: string; expiresAt: Temporal.Instant; language: Language };

/** The page that takes a reset link; the token stays in the fragment, which no server and no log gets to see. */
const linkOf = (config: Config, token: string): string => linkTo(config, `/reset-password/#token=${token}`);

/** To an account's owner, by mail only: the link is as good as a password. */
export function passwordReset(config: Config, { token, expiresAt, language }: Facts): Content {
  const until = inWords(expiresAt, config.timeZone, language);
  const url = linkOf(config, token);
  const clinic = oneLine(config.clinicName);
  return language === 'es'
    ? {
        language,
        subject: 'Elija una contraseña nueva',
        title: 'Elija una contraseña nueva',
        lead: 'Alguien pidió cambiar la contraseña de su cuenta. Si fue usted, use este enlace; vale una sola vez.',
        facts: [['Vence', until]],
        action: { label: 'Elegir una contraseña nueva', url },
        closing:
          'Si no fue usted, no haga nada: su contraseña sigue siendo la misma. No reenvíe este mensaje.',
        short: ended(`${clinic}: alguien pidió cambiar la contraseña de su cuenta`),
      }
    : {
        language,
        subject: 'Choose a new password',
        title: 'Choose a new password',
        lead: 'Somebody asked to change the password of your account. If it was you, use this link; it works once.',
        facts: [['Expires', until]],
        action: { label: 'Choose a new password', url },
        closing: 'If it was not you, do nothing: your password stays as it is. Do not pass this message on.',
        short: ended(`${clinic}: somebody asked to change the password of your account`),
      };
}
