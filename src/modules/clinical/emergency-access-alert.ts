import type { Config } from '../../config.ts';
import type { Language, Text } from '../../errors.ts';
import { type Content, ended, inWords } from '../notifications/messages/content.ts';

type Facts = {
  therapist: string;
  patientId: number;
  openedAt: Temporal.Instant;
  expiresAt: Temporal.Instant;
};

const TITLE: Text = { es: 'Acceso de emergencia a una historia', en: 'Emergency access to a record' };
const CLOSING: Text = {
  es: 'El motivo está en la auditoría. Si no lo considera justificado, hable con el terapeuta.',
  en: 'The reason is in the audit log. If you do not find it justified, talk to the therapist.',
};

/** To administrators: a therapist opened the records of a patient who was never assigned. */
export function emergencyAccessAlert(
  { timeZone, clinicName }: Pick<Config, 'timeZone' | 'clinicName'>,
  { therapist, patientId, openedAt, expiresAt }: Facts,
  language: Language,
): Content {
  const when = inWords(openedAt, timeZone, language);
  const until = inWords(expiresAt, timeZone, language);
  const lead: Text = {
    es: `${therapist} abrió la historia de un paciente que no tiene asignado, con el encabezado X-Access-Reason.`,
    en: `${therapist} opened the record of a patient who was never assigned, with the header X-Access-Reason.`,
  };
  const labels: Record<Language, readonly [string, string, string, string]> = {
    es: ['Terapeuta', 'Paciente', 'Desde', 'Hasta'],
    en: ['Therapist', 'Patient', 'From', 'Until'],
  };
  const [who, whose, from, to] = labels[language];
  return {
    language,
    subject: `${TITLE[language]}: ${when}`,
    title: TITLE[language],
    lead: lead[language],
    facts: [
      [who, therapist],
      [whose, `N.º ${patientId}`],
      [from, when],
      [to, until],
    ],
    closing: CLOSING[language],
    short: ended(`${clinicName}: ${TITLE[language]}, ${when}`),
  };
}
