import type { Config } from '../../../config.ts';
import type { Language, Text } from '../../../errors.ts';
import type { SecurityEvent } from '../../auth/jobs.ts';
import { type Content, ended, inWords, oneLine } from './content.ts';

type Facts = {
  event: SecurityEvent;
  at: Temporal.Instant;
  ip: string | null;
  device: string | null;
  /** Recovery codes that are left, when one was used. */
  codesLeft: number | null;
  language: Language;
};

const TITLES: Record<SecurityEvent, Text> = {
  password_changed: { es: 'Su contraseña fue cambiada', en: 'Your password was changed' },
  password_reset: {
    es: 'Su contraseña fue cambiada con un enlace enviado a su correo',
    en: 'Your password was changed with a link sent to your e-mail address',
  },
  two_factor_enabled: {
    es: 'La verificación en dos pasos fue activada',
    en: 'Two-factor login was turned on',
  },
  two_factor_disabled: {
    es: 'La verificación en dos pasos fue desactivada',
    en: 'Two-factor login was turned off',
  },
  recovery_code_used: {
    es: 'Se inició sesión con un código de recuperación',
    en: 'A recovery code was used to log in',
  },
};

const LABELS = {
  es: { at: 'Fecha y hora', ip: 'Dirección IP', device: 'Dispositivo', codesLeft: 'Códigos restantes' },
  en: { at: 'Date and time', ip: 'IP address', device: 'Device', codesLeft: 'Codes left' },
};

const LEAD: Text = {
  es: 'Si fue usted, no tiene que hacer nada más.',
  en: 'If it was you, there is nothing else to do.',
};
const CLOSING: Text = {
  es: 'Si no fue usted, cambie su contraseña con «Olvidé mi contraseña» y avise al centro.',
  en: 'If it was not you, change your password by "Forgot my password" and tell the clinic.',
};

/** To an account's owner: its safety has changed. */
export function securityAlert({ clinicName, timeZone }: Config, facts: Facts): Content {
  const { event, at, ip, device, codesLeft, language } = facts;
  const labels = LABELS[language];
  const title = TITLES[event][language];
  const rows: [string, string | null][] = [
    [labels.at, inWords(at, timeZone, language)],
    [labels.ip, ip],
    [labels.device, device && oneLine(device)],
    [labels.codesLeft, codesLeft === null ? null : String(codesLeft)],
  ];
  return {
    language,
    subject: title,
    title,
    lead: `${ended(title)} ${LEAD[language]}`,
    facts: rows.flatMap(([label, value]) => (value ? [[label, value] as const] : [])),
    closing: CLOSING[language],
    short: `${oneLine(clinicName)}: ${ended(title)} ${CLOSING[language]}`,
  };
}
