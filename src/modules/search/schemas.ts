import * as v from 'valibot';
import { say } from '../../http/validation.ts';

/** What can be searched for, in the order in which equally good results come. */
export const TYPES = ['patients', 'therapists', 'appointments', 'diagnoses'] as const;
export type Type = (typeof TYPES)[number];

const UNKNOWN = say({ es: `Use ${TYPES.join(', ')}.`, en: `Use ${TYPES.join(', ')}.` });

const isType = (text: string): text is Type => (TYPES as readonly string[]).includes(text);

export const SearchQuery = v.object({
  q: v.pipe(v.string(), v.trim(), v.nonEmpty(), v.maxLength(100)),
  /** Some of the types, with commas between; all when left out. */
  types: v.optional(
    v.pipe(
      v.string(),
      v.maxLength(100),
      v.transform((text) => text.split(',').map((type) => type.trim())),
      v.array(v.pipe(v.string(), v.guard(isType, UNKNOWN))),
    ),
  ),
});

export const SearchResult = v.object({
  type: v.picklist(TYPES),
  id: v.number(),
  title: v.string(),
  subtitle: v.string(),
  /** The path of the whole record. */
  url: v.string(),
});

export const SearchResults = v.object({ results: v.array(SearchResult) });
