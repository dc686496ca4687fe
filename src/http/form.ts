import { toJsonSchema } from '@valibot/to-json-schema';
import * as v from 'valibot';

/** The input control that suits a field. */
function controlOf(name: string, schema: Record<string, unknown>): string {
  if (/password/.test(name)) return 'password';
  if (schema['enum']) return 'select';
  if (schema['format'] === 'email') return 'email';
  if (schema['format'] === 'date') return 'date';
  if (schema['type'] === 'integer' || schema['type'] === 'number') return 'number';
  if (schema['type'] === 'boolean') return 'checkbox';
  return 'text';
}

/**
 * A write schema as a form that a front end can draw and check with the server's own rules: the JSON Schema and one
 * entry per field with its label (`v.title` of the schema).
 */
export function formOf(
  title: string,
  submit: { method: string; path: string },
  schema: v.ObjectSchema<v.ObjectEntries, undefined>,
) {
  const json = toJsonSchema(schema, { typeMode: 'input', errorMode: 'ignore' }) as Record<string, unknown>;
  const properties = (json['properties'] ?? {}) as Record<string, Record<string, unknown>>;
  const required = (json['required'] ?? []) as string[];
  const fields = Object.entries(schema.entries).map(([name, entry]) => {
    const property = properties[name] ?? {};
    const inner = 'wrapped' in entry ? entry.wrapped : entry;
    return {
      name,
      label: v.getTitle(inner) ?? name,
      type: controlOf(name, property),
      required: required.includes(name),
      ...(typeof property['maxLength'] === 'number' ? { max_length: property['maxLength'] } : {}),
    };
  });
  return { title, submit, schema: json, fields };
}
