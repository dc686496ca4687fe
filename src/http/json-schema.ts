import { type ConversionConfig, toJsonSchema } from '@valibot/to-json-schema';
import type * as v from 'valibot';

/** A JSON Schema (draft-07), as far as forms look into it. */
export type JsonSchema = Record<string, unknown> & {
  type?: string;
  properties?: Record<string, JsonSchema>;
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  required?: string[];
  default?: unknown;
};

type Action = Parameters<NonNullable<ConversionConfig['overrideAction']>>[0]['valibotAction'];
type Converted = Record<string, unknown>;

/** Marks a text that the server trims before the rules that follow; taken out at the end. */
const TRIMMED = 'x-trimmed';

/** Anything `new URL` takes begins so; `format: uri` would refuse addresses that the server accepts. */
const URL_PATTERN = '^\\s*[A-Za-z][A-Za-z0-9+.\\-]*:';

/**
 * The JSON Schema of what the server accepts as input. It never refuses what the server accepts: a rule that JSON Schema
 * cannot say exactly (the calendar, fields that depend on each other) is left to the server.
 */
export function inputSchemaOf(schema: v.GenericSchema): JsonSchema {
  const json = toJsonSchema(schema, {
    typeMode: 'input',
    errorMode: 'ignore',
    overrideAction: ({ valibotAction, jsonSchema }) => exactly(valibotAction, jsonSchema as Converted),
    overrideSchema: ({ valibotSchema: { type } }) =>
      type === 'file' || type === 'blob' ? { type: 'string', format: 'binary' } : undefined,
  });
  return withoutMarks(json) as JsonSchema;
}

/** Where the converter's translation is looser or stricter than the validation itself. */
function exactly(action: Action, json: Converted): Converted | undefined {
  const { requirement } = action as { requirement?: unknown };
  const trimmed = json[TRIMMED] === true;
  if (action.type === 'trim') return { ...json, [TRIMMED]: true };
  if (action.type === 'url') return withPattern(unformatted(json), URL_PATTERN);
  if (requirement instanceof RegExp) {
    // The converter has put the first regex there already, and a format for those that have a name.
    const before = json['pattern'] === requirement.source ? without(json, 'pattern') : json;
    const pattern = patternOf(requirement, trimmed);
    return pattern === undefined ? unformatted(before) : withPattern(unformatted(before), pattern);
  }
  if (!trimmed || json['type'] !== 'string') return undefined;
  if (action.type === 'non_empty') return withPattern(without(json, 'minLength'), '\\S');
  if (action.type === 'min_length') return without(json, 'minLength');
  if (action.type === 'max_length') return without(json, 'maxLength');
  return undefined;
}

const without = (json: Converted, key: string): Converted =>
  Object.fromEntries(Object.entries(json).filter(([name]) => name !== key));

const unformatted = (json: Converted) => without(json, 'format');

/** One pattern more: a schema has one of its own, further ones go into `allOf`. */
function withPattern(json: Converted, pattern: string): Converted {
  if (json['pattern'] === undefined) return { ...json, pattern };
  const others = Array.isArray(json['allOf']) ? (json['allOf'] as unknown[]) : [];
  return { ...json, allOf: [...others, { pattern }] };
}

/** A regular expression as JSON Schema has them: no flags but `u`; undefined when it cannot be said so. */
export function patternOf(regex: RegExp, trimmed: boolean): string | undefined {
  const source = regex.flags.includes('i') ? anyCase(regex.source) : regex.source;
  if (source === undefined || !isUnicode(source)) return undefined;
  if (!trimmed) return source;
  const whole = /^\^(.*)\$$/s.exec(source)?.[1];
  return whole === undefined || hasAlternatives(whole) ? undefined : `^\\s*(?:${whole})\\s*$`;
}

/** Without the flag `i`, where the only letters are whole ranges in classes. */
function anyCase(source: string): string | undefined {
  const letters = source.replaceAll(/a-z|a-f|\\[a-zA-Z]/g, '');
  return /[A-Za-z]/.test(letters)
    ? undefined
    : source.replaceAll(/a-([zf])/g, (_, z: string) => `a-${z}A-${z.toUpperCase()}`);
}

function isUnicode(source: string): boolean {
  try {
    return RegExp(source, 'u') instanceof RegExp;
  } catch {
    return false;
  }
}

/** Whether a `|` stands outside groups and classes, where the anchors belong to one alternative each. */
const hasAlternatives = (body: string): boolean =>
  body
    .replaceAll(/\\./g, '')
    .replaceAll(/\[[^\]]*\]/g, '')
    .replaceAll(/\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)/g, '')
    .includes('|');

function withoutMarks(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutMarks);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([key]) => !key.startsWith('x-') && key !== '$schema');
  return Object.fromEntries(kept.map(([key, child]) => [key, withoutMarks(child)]));
}
