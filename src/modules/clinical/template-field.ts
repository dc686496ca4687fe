import * as v from 'valibot';
import { Day, Line, OrNull } from '../../http/schemas.ts';
import { say } from '../../http/validation.ts';

export const FIELD_TYPES = ['text', 'number', 'date', 'select', 'checkbox', 'textarea'] as const;
type FieldType = (typeof FIELD_TYPES)[number];

const Length = v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(5_000));

/**
 * Whether matching a line of text takes no time to speak of: a group is not repeated, at most three signs repeat,
 * nothing looks around or refers back. An expression such as `(a+)+` could keep the service busy for hours.
 */
function isQuick(pattern: string): boolean {
  if (/\)[*+?{]|\(\?|\\[1-9k]/.test(pattern)) return false;
  if ((pattern.match(/[*+{]/g) ?? []).length > 3) return false;
  try {
    return new RegExp(pattern, 'u') instanceof RegExp;
  } catch {
    return false;
  }
}

const Pattern = v.pipe(
  Line(100),
  v.check(
    isQuick,
    say({
      es: 'Debe ser una expresión regular simple: sin grupos repetidos y con tres repeticiones como máximo.',
      en: 'Must be a simple regular expression: no repeated groups, at most three repetitions.',
    }),
  ),
);

const Rules = v.strictObject({
  min: v.optional(v.union([v.number(), Day])),
  max: v.optional(v.union([v.number(), Day])),
  minLength: v.optional(Length),
  maxLength: v.optional(Length),
  pattern: v.optional(Pattern),
  options: v.optional(v.pipe(v.array(Line(100)), v.minLength(1), v.maxLength(100))),
});
export type Rules = v.InferOutput<typeof Rules>;

/** What can be asked of a value of each type, and of which type a limit is. */
const RULES_OF: Record<FieldType, { rules: (keyof Rules)[]; limit: 'number' | 'string' }> = {
  text: { rules: ['minLength', 'maxLength', 'pattern'], limit: 'number' },
  textarea: { rules: ['minLength', 'maxLength'], limit: 'number' },
  number: { rules: ['min', 'max'], limit: 'number' },
  date: { rules: ['min', 'max'], limit: 'string' },
  select: { rules: ['options'], limit: 'number' },
  checkbox: { rules: [], limit: 'number' },
};

type Ruled = { field_type: FieldType; validation_rules: Rules };

const fitsType = ({ field_type: type, validation_rules: rules }: Ruled): boolean => {
  const { rules: allowed, limit } = RULES_OF[type];
  const given = (Object.keys(rules) as (keyof Rules)[]).filter((rule) => rules[rule] !== undefined);
  if (!given.every((rule) => allowed.includes(rule))) return false;
  return [rules.min, rules.max].every((one) => one === undefined || typeof one === limit);
};

const isPossible = ({ field_type: type, validation_rules: rules }: Ruled): boolean => {
  const { min, max, minLength = 0, maxLength = Infinity } = rules;
  if (type === 'select' && !rules.options) return false;
  return minLength <= maxLength && (min === undefined || max === undefined || min <= max);
};

const TemplateFieldObject = v.object({
  name: v.pipe(
    v.string(),
    v.regex(
      /^[a-z][a-z0-9_]{0,59}$/,
      say({
        es: 'Letras minúsculas sin acento, dígitos y _, comenzando por una letra.',
        en: 'Lower-case letters, digits and _, beginning with a letter.',
      }),
    ),
  ),
  label: Line(150),
  /** The section of the form that it stands in. */
  section: OrNull(Line(100)),
  field_type: v.picklist(FIELD_TYPES),
  validation_rules: v.optional(Rules, {}),
  is_required: v.optional(v.boolean(), false),
  /** Fields stand in this order; those that share a number, in the order they were sent. */
  order_index: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(10_000)), 0),
});

/** A field of a history template. */
export const TemplateField = v.pipe(
  TemplateFieldObject,
  v.forward(
    v.partialCheck(
      [['field_type'], ['validation_rules']],
      fitsType,
      say({
        es: 'Hay una regla que no corresponde al tipo del campo.',
        en: 'There is a rule that is not for this type of field.',
      }),
    ),
    ['validation_rules'],
  ),
  v.forward(
    v.partialCheck(
      [['field_type'], ['validation_rules']],
      isPossible,
      say({
        es: 'Ningún valor puede cumplirlas: un mínimo supera al máximo, o faltan las opciones.',
        en: 'No value can satisfy them: a minimum is above the maximum, or the options are missing.',
      }),
    ),
    ['validation_rules'],
  ),
);
export type TemplateField = v.InferOutput<typeof TemplateField>;

/** {@link TemplateField} in an answer. */
export const TemplateFieldOut = TemplateFieldObject;

/** What a filled-in form holds, by the names of its fields. */
export const FieldValues = v.record(v.string(), v.nullable(v.union([v.string(), v.number(), v.boolean()])));
export type FieldValues = v.InferOutput<typeof FieldValues>;
