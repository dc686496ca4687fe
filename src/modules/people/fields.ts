import * as v from 'valibot';
import { DocumentNumber, Id, Line, OrNull, PersonName } from '../../http/schemas.ts';

/** What is sent of anybody, patient or therapist. */
export const personInput = {
  /** Left out, it stays as it is, in a PUT too: an account is not unlinked by forgetting it. */
  user_id: v.optional(v.nullable(Id)),
  document_type: v.optional(Line(20), 'DNI'),
  document_number: DocumentNumber,
  first_name: PersonName,
  paternal_last_name: PersonName,
  maternal_last_name: OrNull(PersonName),
};

/** What is sent of where somebody lives. */
export const placeInput = { region_id: OrNull(Id), province_id: OrNull(Id), district_id: OrNull(Id) };

/** What is shown of anybody. */
export const personFields = {
  id: v.number(),
  user_id: v.nullable(v.number()),
  document_type: v.string(),
  document_number: v.string(),
  first_name: v.string(),
  paternal_last_name: v.string(),
  maternal_last_name: v.nullable(v.string()),
  full_name: v.string(),
};

/** What is shown of where somebody lives. */
export const placeFields = {
  region_id: v.nullable(v.number()),
  province_id: v.nullable(v.number()),
  district_id: v.nullable(v.number()),
};
