import * as v from 'valibot';
import { InstantOut, IntegerText, pageOf } from '../../http/schemas.ts';
import { say } from '../../http/validation.ts';

export const ENTRY_TYPES = ['appointment', 'diagnosis', 'treatment', 'history'] as const;
export type EntryType = (typeof ENTRY_TYPES)[number];

const ANY_TYPE = `(?:${ENTRY_TYPES.join('|')})`;
const TYPES = new RegExp(`^${ANY_TYPE}(?:, ?${ANY_TYPE})*$`);
const KINDS = say({
  es: `Use ${ENTRY_TYPES.join(', ')}, separados por comas.`,
  en: `Use ${ENTRY_TYPES.join(', ')}, separated by commas.`,
});

export const TimelineQuery = v.object({
  page: v.optional(IntegerText(1, 1_000_000), '1'),
  page_size: v.optional(IntegerText(1, 100), '20'),
  /** Kinds of entries, separated by commas; all when it is left out. */
  types: v.optional(v.pipe(v.string(), v.maxLength(100), v.regex(TYPES, KINDS))),
});

export const TimelineEntry = v.object({
  type: v.picklist(ENTRY_TYPES),
  id: v.number(),
  /** The clinic's calendar day. */
  date: v.string(),
  /** Of an appointment, its start; the others are of a day. */
  date_time: v.nullable(InstantOut),
  /** The appointment's type, the diagnosis with its code, the kind of treatment, the template's name. */
  title: v.nullable(v.string()),
  detail: v.nullable(v.string()),
  /** Of an appointment or a treatment, its state; of a diagnosis, `active` or `inactive`. */
  status: v.nullable(v.string()),
  therapist: v.object({ id: v.number(), full_name: v.string() }),
});

export const Timeline = pageOf(TimelineEntry);
