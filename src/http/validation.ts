import * as v from 'valibot';
import type { Language, Text } from '../errors.ts';

/** A valibot message in both languages, for a rule whose standard sentence would not help. */
export const say =
  (text: Text) =>
  (issue: { lang?: string | undefined }): string =>
    issue.lang === 'en' ? text.en : text.es;

/** What the sentences tell of a rule that is broken; valibot's issues have it, and so have its schemas and actions. */
type Broken = { kind: string; type: string; requirement?: unknown; expected: string | null; input?: unknown };

const limit = (issue: Broken) => (typeof issue.requirement === 'number' ? String(issue.requirement) : '');

/** valibot writes them as a type, `("a4" | "letter")`. */
const choices = ({ expected }: Broken) => expected?.replaceAll(/[()"]/g, '').replaceAll(' | ', ', ') ?? '';

/** Sentences for valibot's issue types; the library's own texts are English and quote the input. */
const SENTENCES: Record<string, (issue: Broken) => Text> = {
  string: () => ({ es: 'Debe ser un texto.', en: 'Must be a text.' }),
  number: () => ({ es: 'Debe ser un número.', en: 'Must be a number.' }),
  boolean: () => ({ es: 'Debe ser verdadero o falso.', en: 'Must be true or false.' }),
  file: () => ({ es: 'Debe ser un archivo.', en: 'Must be a file.' }),
  array: () => ({ es: 'Debe ser una lista.', en: 'Must be a list.' }),
  object: () => ({ es: 'Debe ser un objeto.', en: 'Must be an object.' }),
  picklist: (issue) => ({
    es: `Debe ser uno de: ${choices(issue)}.`,
    en: `Must be one of: ${choices(issue)}.`,
  }),
  min_length: (issue) => ({
    es: `Mínimo ${limit(issue)} de longitud.`,
    en: `At least ${limit(issue)} long.`,
  }),
  max_length: (issue) => ({ es: `Máximo ${limit(issue)} de longitud.`, en: `At most ${limit(issue)} long.` }),
  non_empty: () => ({ es: 'No puede estar vacío.', en: 'Must not be empty.' }),
  min_value: (issue) => ({ es: `Mínimo ${limit(issue)}.`, en: `At least ${limit(issue)}.` }),
  max_value: (issue) => ({ es: `Máximo ${limit(issue)}.`, en: `At most ${limit(issue)}.` }),
  safe_integer: () => ({ es: 'Debe ser un número entero.', en: 'Must be a whole number.' }),
  integer: () => ({ es: 'Debe ser un número entero.', en: 'Must be a whole number.' }),
  email: () => ({ es: 'Debe ser un correo electrónico.', en: 'Must be an e-mail address.' }),
  rfc_email: () => ({ es: 'Debe ser un correo electrónico.', en: 'Must be an e-mail address.' }),
  url: () => ({ es: 'Debe ser una URL.', en: 'Must be a URL.' }),
};

const REQUIRED: Text = { es: 'Es obligatorio.', en: 'Is required.' };
const INVALID: Text = { es: 'No es válido.', en: 'Is not valid.' };

function sentence(issue: Broken, language: Language): string {
  const absent = issue.input === undefined || issue.input === null;
  if (absent && issue.kind === 'schema') return REQUIRED[language];
  const standard = SENTENCES[issue.type];
  return (standard?.(issue) ?? INVALID)[language];
}

/** A part of a schema that can refuse a value: a schema itself or a validation in its pipe. */
type Rule = { kind: string; type: string; expects: string | null; requirement?: unknown; message?: unknown };

/** What {@link reasons} says of a value that is there and breaks `rule`. */
export function reasonOf(rule: Rule, language: Language): string {
  if (typeof rule.message === 'string') return rule.message;
  const issue = { ...rule, expected: rule.expects, input: '' };
  return typeof rule.message === 'function'
    ? String(rule.message({ ...issue, lang: language }))
    : sentence(issue, language);
}

/** What {@link reasons} says of a value that is not there. */
export const absenceReason = (language: Language): string => REQUIRED[language];

/** Whether the schema's author wrote the message: `say` was used. */
const isOwn = (issue: v.BaseIssue<unknown>): boolean => !/^Invalid |^Expected /.test(issue.message);

/**
 * The contract's `details` of a VALIDATION_ERROR: reasons by field path; `root` names the whole of `part`.
 * Never echoes the input.
 */
export function reasons(
  schema: v.GenericSchema,
  value: unknown,
  root: string,
  language: Language,
): Record<string, string[]> {
  const details: Record<string, string[]> = {};
  for (const issue of v.safeParse(schema, value, { lang: language }).issues ?? []) {
    const path = v.getDotPath(issue) ?? root;
    (details[path] ??= []).push(isOwn(issue) ? issue.message : sentence(issue, language));
  }
  return details;
}
