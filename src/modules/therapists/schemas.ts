import * as v from 'valibot';
import {
  DocumentNumber,
  Email,
  FlagText,
  Id,
  IdText,
  InstantOut,
  Line,
  OrNull,
  PersonName,
  Phone,
  recordQuery,
} from '../../http/schemas.ts';

export const NewTherapist = v.object({
  /** Left out, it stays as it is, in a PUT too: an account is not unlinked by forgetting it. */
  user_id: v.optional(v.nullable(Id)),
  document_type: v.optional(Line(20), 'DNI'),
  document_number: DocumentNumber,
  first_name: PersonName,
  paternal_last_name: PersonName,
  maternal_last_name: OrNull(PersonName),
  license_number: Line(30),
  experience_years: OrNull(v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(80))),
  specialty_ids: v.optional(v.pipe(v.array(Id), v.maxLength(50)), []),
  phone: OrNull(Phone),
  email: OrNull(Email),
  is_active: v.optional(v.boolean(), true),
  region_id: OrNull(Id),
  province_id: OrNull(Id),
  district_id: OrNull(Id),
});

export const Therapist = v.object({
  id: v.number(),
  user_id: v.nullable(v.number()),
  document_type: v.string(),
  document_number: v.string(),
  first_name: v.string(),
  paternal_last_name: v.string(),
  maternal_last_name: v.nullable(v.string()),
  full_name: v.string(),
  license_number: v.string(),
  experience_years: v.nullable(v.number()),
  specialties: v.array(v.object({ id: v.number(), name: v.string() })),
  phone: v.nullable(v.string()),
  email: v.nullable(v.string()),
  is_active: v.boolean(),
  region_id: v.nullable(v.number()),
  province_id: v.nullable(v.number()),
  district_id: v.nullable(v.number()),
  created_at: InstantOut,
  updated_at: InstantOut,
});

export const TherapistQuery = recordQuery(['paternal_last_name', 'created_at', 'license_number'], {
  is_active: v.optional(FlagText),
  specialty_id: v.optional(IdText),
});
