import * as v from 'valibot';
import { AppError, type Language } from '../../errors.ts';
import { Day, Line, Paragraph } from '../../http/schemas.ts';
import { reasons, say } from '../../http/validation.ts';
import type { FieldValues, Rules, TemplateField } from './template-field.ts';

const LINE = 500;
/** A patterned value is short, so that no pattern takes long (see `template-field.ts`). */
const PATTERNED = 200;
const PARAGRAPH = 5_000;

const lengths = ({ minLength = 0, maxLength = PARAGRAPH }: Rules) =>
  [v.minLength<string, number>(minLength), v.maxLength<string, number>(maxLength)] as const;

const MISMATCH = say({ es: 'No tiene el formato pedido.', en: 'Does not have the requested format.' });

function textSchema(rules: Rules) {
  const { pattern } = rules;
  if (pattern === undefined) return v.pipe(Line(LINE), ...lengths(rules));
  const whole = new RegExp(`^(?:${pattern})$`, 'u');
  return v.pipe(Line(PATTERNED), ...lengths(rules), v.regex(whole, MISMATCH));
}

const numberSchema = ({ min, max }: Rules) =>
  v.pipe(
    v.number(),
    v.finite(),
    v.minValue(typeof min === 'number' ? min : -Number.MAX_SAFE_INTEGER),
    v.maxValue(typeof max === 'number' ? max : Number.MAX_SAFE_INTEGER),
  );

/** Days are `YYYY-MM-DD`, so they compare as text. */
function daySchema({ min, max }: Rules) {
  const from = typeof min === 'string' ? min : '';
  const to = typeof max === 'string' ? max : '9999';
  const message = say({
    es: `Debe estar entre ${from || '1900-01-01'} y ${to === '9999' ? 'cualquier fecha' : to}.`,
    en: `Must be between ${from || '1900-01-01'} and ${to === '9999' ? 'any date' : to}.`,
  });
  return v.pipe(
    Day,
    v.check((day) => day >= from && day <= to, message),
  );
}

function valueSchema({ field_type: type, validation_rules: rules, is_required: required }: TemplateField) {
  switch (type) {
    case 'text':
      return textSchema(rules);
    case 'textarea':
      return v.pipe(Paragraph(PARAGRAPH), v.minLength(required ? 1 : 0), ...lengths(rules));
    case 'number':
      return numberSchema(rules);
    case 'date':
      return daySchema(rules);
    case 'select':
      return v.picklist(rules.options ?? []);
    case 'checkbox':
      return v.boolean();
  }
}

const entry = (field: TemplateField): v.GenericSchema =>
  field.is_required ? valueSchema(field) : v.optional(v.nullable(valueSchema(field)));

const UNKNOWN_FIELD = say({
  es: 'La plantilla no tiene este campo.',
  en: 'The template does not have this field.',
});

/**
 * The values of a form as they are stored, checked against the fields of the template's version.
 * @throws AppError VALIDATION_ERROR with every reason by field path (`fields_data.pressure`)
 */
export function checkedValues(
  fields: readonly TemplateField[],
  values: Record<string, unknown>,
  language: Language,
): FieldValues {
  const entries = Object.fromEntries(fields.map((field) => [field.name, entry(field)]));
  const schema = v.object({ fields_data: v.objectWithRest(entries, v.never(UNKNOWN_FIELD)) });
  const checked = v.safeParse(schema, { fields_data: values });
  if (checked.success) return checked.output.fields_data;
  throw new AppError('VALIDATION_ERROR', reasons(schema, { fields_data: values }, 'fields_data', language));
}
