import * as v from 'valibot';
import type { Language, Text } from '../errors.ts';
import { FIELD_HELP, FIELD_LABELS, optionLabel } from './field-labels.ts';
import { inputSchemaOf, type JsonSchema, patternOf } from './json-schema.ts';
import { DAY_FORMAT } from './schemas.ts';
import { absenceReason, reasonOf } from './validation.ts';

/** Where a form is sent to. */
type Submit = { method: string; path: string };

/** What the server says of a value that breaks the rule; `value` is the keyword's in the JSON Schema. */
type FieldError = { keyword: string; value?: unknown; message: string };

/**
 * One input of a form. A field within a group is named by its path, as in the `details` of a VALIDATION_ERROR:
 * `diagnosis_data.code`; `fields` are those of each entry of a list.
 */
export type Field = {
  name: string;
  label: string;
  type: string;
  required: boolean;
  help?: string;
  default?: unknown;
  max_length?: number;
  options?: { value: unknown; label: string }[];
  errors: FieldError[];
  fields?: Field[];
};

export type Form = { title: string; submit: Submit; schema: JsonSchema; fields: Field[] };

/** What all schemas and the parts of their pipes may have. */
type Part = v.GenericSchema & {
  wrapped?: Part;
  item?: Part;
  entries?: Record<string, Part>;
  pipe?: readonly Part[];
  requirement?: unknown;
};

/** A label, and a help, of a field in one schema only; all others have theirs by the field's name. */
export const labelled = <Input>(label: Text, help?: Text): v.MetadataAction<Input, Record<string, Text>> =>
  v.metadata({ 'x-label': label, ...(help ? { 'x-help': help } : {}) });

type Drawn = Pick<Form, 'schema' | 'fields'>;
const drawn = new WeakMap<v.GenericSchema, Partial<Record<Language, Drawn>>>();

/**
 * A write schema as a form that a front end can draw, and check as the user types with the server's own rules: the JSON
 * Schema, and one entry per field with its label, help and the very texts that the server would answer with.
 */
export function formOf(title: Text, submit: Submit, schema: v.GenericSchema, language: Language): Form {
  const known = drawn.get(schema) ?? {};
  drawn.set(schema, known);
  known[language] ??= { schema: inputSchemaOf(schema), fields: fieldsOf(schema, language) };
  return { title: title[language], submit, ...known[language] };
}

/** The fields of an object, or of each entry of a list of objects; none of anything else. */
function fieldsOf(schema: Part, language: Language, path = '', isOptional = false): Field[] {
  const inner = unwrapped(schema);
  if (inner.item) return fieldsOf(inner.item, language);
  return Object.entries(inner.entries ?? {}).flatMap(([key, entry]) => {
    const leftOut = isOptional || mayBeLeftOut(entry);
    return unwrapped(entry).entries
      ? fieldsOf(entry, language, `${path}${key}.`, leftOut)
      : fieldOf(key, path + key, entry, leftOut, language);
  });
}

function fieldOf(key: string, name: string, schema: Part, isOptional: boolean, language: Language): Field {
  const json = whenNotNull(inputSchemaOf(schema));
  const inner = unwrapped(schema);
  const nested = fieldsOf(inner, language);
  const help = metadataOf(inner, 'x-help')?.[language] ?? FIELD_HELP[key]?.[language];
  const maxLength = json['maxLength'];
  const values: unknown = json['enum'] ?? whenNotNull(json.items ?? {})['enum'];
  const absent = { keyword: 'required', message: absenceReason(language) };
  return {
    name,
    label: labelOf(key, inner, language) ?? key,
    type: controlOf(key, json, inner),
    required: !isOptional,
    ...(help === undefined ? {} : { help }),
    ...(json.default === undefined || json.default === null ? {} : { default: json.default }),
    ...(typeof maxLength === 'number' ? { max_length: maxLength } : {}),
    ...(Array.isArray(values) ? { options: values.map((value) => optionOf(value, language)) } : {}),
    errors: [...(isOptional ? [] : [absent]), ...errorsOf(inner, language)],
    ...(nested.length > 0 ? { fields: nested } : {}),
  };
}

const mayBeLeftOut = ({ type }: Part) => ['optional', 'nullish', 'exact_optional'].includes(type);

/** What is inside `optional`, `nullable` and the like. */
const unwrapped = (schema: Part): Part => (schema.wrapped ? unwrapped(schema.wrapped) : schema);

/** What a property is when it is not null; a list when it may be written as a list or as one text. */
function whenNotNull({ anyOf, ...json }: JsonSchema): JsonSchema {
  if (!anyOf) return json;
  const choices = anyOf.filter(({ type }) => type !== 'null');
  const one = choices.length === 1 ? choices[0] : choices.find(({ type }) => type === 'array');
  return { ...one, ...json };
}

const metadataOf = (schema: Part, key: 'x-label' | 'x-help') =>
  v.getMetadata(schema)[key] as Text | undefined;

/** The label of a field: its schema's own, or else the one that its name has everywhere. */
export function labelOf(key: string, schema: v.GenericSchema, language: Language): string | undefined {
  const title = language === 'es' ? v.getTitle(schema) : undefined;
  return metadataOf(schema, 'x-label')?.[language] ?? title ?? FIELD_LABELS[key]?.[language];
}

const optionOf = (value: unknown, language: Language) => ({
  value,
  label: optionLabel(value)[language],
});

/** The input control that suits a field. */
function controlOf(key: string, json: JsonSchema, schema: Part): string {
  if (json['format'] === 'binary') return 'file';
  if (/password/.test(key)) return 'password';
  if (json['enum']) return 'select';
  if (json.type === 'array') return whenNotNull(json.items ?? {})['enum'] ? 'multiselect' : 'list';
  if (json.type === 'integer' || json.type === 'number') return 'number';
  if (json.type === 'boolean') return 'checkbox';
  if (json.type !== 'string') return 'json';
  if (/^e?mail$/.test(key) || partsOf(schema).some(({ type }) => type === 'rfc_email')) return 'email';
  if (/phone/.test(key)) return 'tel';
  if (key === 'color') return 'color';
  if (partsOf(schema).some(({ requirement }) => requirement === DAY_FORMAT)) return 'date';
  if (/^date_time$|_at$/.test(key)) return 'datetime';
  if (/(^|_)date(_|$)/.test(key)) return 'date';
  if (key.endsWith('_time')) return 'time';
  return Number(json['maxLength'] ?? 0) > 255 ? 'textarea' : 'text';
}

/** The schema and the rules of its pipe up to the first conversion, flat and in order. */
function partsOf(schema: Part): Part[] {
  const parts = schema.pipe?.flatMap((part) => (part.pipe ? partsOf(part) : [part])) ?? [schema];
  const conversion = parts.findIndex(({ type }) => type === 'transform');
  return conversion === -1 ? parts : parts.slice(0, conversion);
}

/** The keywords that JSON Schema has for valibot's rules, for texts and numbers, and for lists. */
const KEYWORDS: Record<string, [string, string]> = {
  min_length: ['minLength', 'minItems'],
  max_length: ['maxLength', 'maxItems'],
  non_empty: ['minLength', 'minItems'],
  min_value: ['minimum', 'minimum'],
  max_value: ['maximum', 'maximum'],
  safe_integer: ['type', 'type'],
  integer: ['type', 'type'],
  multiple_of: ['multipleOf', 'multipleOf'],
  picklist: ['enum', 'enum'],
};

/** One text per rule; the keyword `server` marks the rules that only the server can judge. */
function errorsOf(schema: Part, language: Language): FieldError[] {
  const parts = partsOf(schema);
  const isList = parts[0]?.type === 'array';
  let trimmed = false;
  return parts.flatMap((part) => {
    trimmed ||= part.type === 'trim';
    const kind: string = part.kind;
    if (kind !== 'schema' && kind !== 'validation') return [];
    const message = reasonOf(part, language);
    const { requirement, type } = part;
    if (requirement instanceof RegExp) {
      const pattern = patternOf(requirement, trimmed);
      return pattern === undefined
        ? { keyword: 'server', message }
        : { keyword: 'pattern', value: pattern, message };
    }
    if (trimmed && type === 'non_empty') return { keyword: 'pattern', value: '\\S', message };
    const keyword = KEYWORDS[type]?.[isList ? 1 : 0] ?? (kind === 'schema' ? 'type' : 'server');
    return { keyword, ...(typeof requirement === 'number' ? { value: requirement } : {}), message };
  });
}
