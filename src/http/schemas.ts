import * as v from 'valibot';
import { say } from './validation.ts';

/** Wire schemas that every domain shares: what a client sends and gets, JSON-shaped (conversions are the verbs'). */

const MAX_ID = Number.MAX_SAFE_INTEGER;

/** An id in a body. */
export const Id = v.pipe(v.number(), v.safeInteger(), v.minValue(1));

/** An id in a path or a query, where everything is text. */
export const IdText = v.pipe(
  v.string(),
  v.regex(/^[1-9]\d{0,15}$/, say({ es: 'Debe ser un id.', en: 'Must be an id.' })),
  v.transform(Number),
  v.maxValue(MAX_ID),
);

/** `/{id}/` */
export const IdParams = v.object({ id: IdText });

const NO_CONTROLS = say({
  es: 'Tiene caracteres no admitidos.',
  en: 'Has characters that are not accepted.',
});

/** One line of text, trimmed, not empty. */
export const Line = (max: number) =>
  v.pipe(
    v.string(),
    v.maxLength(max),
    v.regex(/^[^\p{Cc}\u2028\u2029]*$/u, NO_CONTROLS),
    v.trim(),
    v.nonEmpty(),
  );

/** Text with line breaks, trimmed. */
export const Paragraph = (max: number) =>
  v.pipe(v.string(), v.maxLength(max), v.regex(/^(?:[^\p{Cc}]|[\t\r\n])*$/u, NO_CONTROLS), v.trim());

/** A part of a person's name: letters of any script, marks, spaces, apostrophes, points and hyphens. */
export const PersonName = v.pipe(
  Line(100),
  v.regex(
    /^[\p{L}\p{M}'’.\- ]+$/u,
    say({
      es: 'Solo letras, espacios, apóstrofos y guiones.',
      en: 'Letters, spaces, apostrophes and hyphens only.',
    }),
  ),
);

/** A telephone number: digits with an optional `+`, spaces, hyphens and parentheses. */
export const Phone = v.pipe(
  v.string(),
  v.maxLength(20),
  v.trim(),
  v.regex(
    /^\+?\(?\d[\d ()-]{4,18}\d$/,
    say({ es: 'No es un número de teléfono.', en: 'Is not a telephone number.' }),
  ),
);

export const Email = v.pipe(v.string(), v.maxLength(254), v.trim(), v.rfcEmail());

/** An identity document's number. */
export const DocumentNumber = v.pipe(
  v.string(),
  v.trim(),
  v.regex(
    /^[A-Za-z0-9-]{6,20}$/,
    say({ es: 'De 6 a 20 letras, dígitos o guiones.', en: '6 to 20 letters, digits or hyphens.' }),
  ),
);

/** Whether the text is a day of the calendar, from 1900 on. */
export const isDay = (text: string): boolean => {
  try {
    return Temporal.PlainDate.from(text).year >= 1900;
  } catch {
    return false;
  }
};

/** How every {@link Day} is written; forms offer a calendar for it. */
export const DAY_FORMAT = /^\d{4}-\d{2}-\d{2}$/;

/** A calendar day, `YYYY-MM-DD`, from 1900 on. */
export const Day = v.pipe(
  v.string(),
  v.regex(DAY_FORMAT, say({ es: 'Use AAAA-MM-DD.', en: 'Use YYYY-MM-DD.' })),
  v.check(isDay, say({ es: 'No es una fecha del calendario.', en: 'Is not a calendar date.' })),
);

const DATE_TIME = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:[zZ]|[+-]\d{2}:?\d{2})?$/;

const isDateTime = (text: string): boolean => {
  try {
    const year = Temporal.PlainDateTime.from(text.replace(/(?:[zZ]|[+-]\d{2}:?\d{2})$/, '')).year;
    return year >= 1900 && year <= 9000;
  } catch {
    return false;
  }
};

/** An instant, ISO 8601; without an offset it is read in the clinic's zone. */
export const Instant = v.pipe(
  v.string(),
  v.regex(DATE_TIME, say({ es: 'Use una fecha y hora ISO 8601.', en: 'Use an ISO 8601 date and time.' })),
  v.check(
    isDateTime,
    say({ es: 'No es una fecha y hora del calendario.', en: 'Is not a date and time of the calendar.' }),
  ),
);

/** An instant in an answer: ISO 8601 with the clinic's offset. */
export const InstantOut = v.pipe(v.string(), v.metadata({ format: 'date-time' }));

/** Money in an answer: a decimal string with two digits. */
export const MoneyOut = v.pipe(v.string(), v.metadata({ pattern: String.raw`^\d+\.\d{2}$` }));

/** Money in a body: a decimal string, `"50.00"`, `"50.5"` or `"50"`. */
export const MoneyIn = v.pipe(
  v.string(),
  v.regex(
    /^\d{1,8}(?:\.\d{1,2})?$/,
    say({ es: 'Use un monto como "50.00".', en: 'Use an amount such as "50.00".' }),
  ),
  v.transform((text) => {
    const [whole = '', cents = ''] = text.split('.');
    return `${whole.replace(/^0+(?=\d)/, '')}.${cents.padEnd(2, '0')}`;
  }),
);

/** A field that may be null. A POST or PUT without it empties it; a PATCH without it leaves it as it is. */
export const OrNull = <Schema extends v.GenericSchema>(schema: Schema) =>
  v.optional(v.nullable(schema), null);

/** What a PATCH of a record sends: any of the fields that it is made with. */
export type ChangesOf<New extends v.ObjectSchema<v.ObjectEntries, undefined>> = v.InferOutput<
  v.SchemaWithPartial<New, undefined>
>;

/** A flag in a query. */
export const FlagText = v.pipe(
  v.picklist(['true', 'false']),
  v.transform((text) => text === 'true'),
);

/** A whole number in a query, within bounds. */
export const IntegerText = (min: number, max: number) =>
  v.pipe(
    v.string(),
    v.regex(/^\d{1,9}$/, say({ es: 'Debe ser un número entero.', en: 'Must be a whole number.' })),
    v.transform(Number),
    v.minValue(min),
    v.maxValue(max),
  );

/** A file in a multipart form. */
export const Upload = v.file();

/** An answer that is a file. */
export const Download = v.blob();

/** A form as `formOf` in `form.ts` makes it; each field may say more of itself. */
export const Form = v.object({
  title: v.string(),
  submit: v.object({ method: v.string(), path: v.string() }),
  schema: v.record(v.string(), v.unknown()),
  fields: v.array(
    v.looseObject({ name: v.string(), label: v.string(), type: v.string(), required: v.boolean() }),
  ),
});

/** The answer of an action that returns no resource (contract, "Conventions"). */
export const Success = v.object({ success_message: v.string() });

const PAGE = {
  page: v.optional(IntegerText(1, 1_000_000), '1'),
  page_size: v.optional(IntegerText(1, 100), '20'),
};

/** A list's query: paging, `search`, `ordering` by the named fields, and the resource's own filters. */
export const listQuery = <
  const Fields extends readonly [string, ...string[]],
  Filters extends v.ObjectEntries,
>(
  ordering: Fields,
  filters: Filters,
) =>
  v.object({
    ...PAGE,
    search: v.optional(v.pipe(v.string(), v.trim(), v.maxLength(100))),
    ordering: v.optional(
      v.picklist(
        ordering.flatMap((field) => [field, `-${field}`]) as (Fields[number] | `-${Fields[number]}`)[],
      ),
    ),
    ...filters,
  });

/** A {@link listQuery} that can also ask for the deleted records. */
export const recordQuery = <
  const Fields extends readonly [string, ...string[]],
  Filters extends v.ObjectEntries,
>(
  ordering: Fields,
  filters: Filters,
) => listQuery(ordering, { deleted: v.optional(FlagText), ...filters });

/** A list's answer. */
export const pageOf = <Item extends v.GenericSchema>(item: Item) =>
  v.object({
    count: v.number(),
    next: v.nullable(v.string()),
    previous: v.nullable(v.string()),
    results: v.array(item),
  });
