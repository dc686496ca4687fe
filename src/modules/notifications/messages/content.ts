import type { Config } from '../../../config.ts';
import type { Language } from '../../../errors.ts';

/** What a notification says, in the recipient's language, before any channel dresses it. Every part is one line. */
export type Content = {
  language: Language;
  /** The mail's subject: the title and what tells this message from others like it. */
  subject: string;
  title: string;
  lead: string;
  /** What it is about, as label and value. */
  facts: readonly (readonly [label: string, value: string])[];
  /** A link to follow; goes by mail only and is not kept. */
  action?: { label: string; url: string };
  closing: string;
  /** For a telephone's screen, where others may look on: as little of the person as possible. */
  short: string;
};

/** An address of this service as people reach it. */
export const linkTo = ({ publicUrl, port }: Config, path: string): string =>
  `${publicUrl ?? `http://localhost:${port}`}${path}`;

/** Text from a form or a person's record as one line: nothing in it can begin a header or a line of its own. */
export const oneLine = (text: string): string => text.replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();

const LOCALES: Record<Language, string> = { es: 'es-PE', en: 'en-US' };

/** Day and time in words, such as "lunes, 23 de noviembre de 2026, 10:00 a. m.", in the clinic's zone. */
export const inWords = (instant: Temporal.Instant, timeZone: string, language: Language): string =>
  oneLine(formatOf(timeZone, language).format(instant.epochMilliseconds));

/** One for each language and zone: to make one takes longer than all else that a text needs. */
const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string, language: Language): Intl.DateTimeFormat {
  const key = `${language} ${timeZone}`;
  const known = formats.get(key);
  if (known) return known;
  const style = { dateStyle: 'full', timeStyle: 'short', timeZone } as const;
  const format = new Intl.DateTimeFormat(LOCALES[language], style);
  formats.set(key, format);
  return format;
}

/** A sentence's full stop, unless its last word brings one ("10:00 a. m."). */
export const ended = (sentence: string): string => (sentence.endsWith('.') ? sentence : `${sentence}.`);
