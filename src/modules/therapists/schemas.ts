import * as v from 'valibot';
import {
  Email,
  FlagText,
  Id,
  IdText,
  InstantOut,
  Line,
  OrNull,
  Phone,
  recordQuery,
} from '../../http/schemas.ts';
import { personFields, personInput, placeFields, placeInput } from '../people/fields.ts';

export const NewTherapist = v.object({
  ...personInput,
  license_number: Line(30),
  experience_years: OrNull(v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(80))),
  specialty_ids: v.optional(v.pipe(v.array(Id), v.maxLength(50)), []),
  phone: OrNull(Phone),
  email: OrNull(Email),
  is_active: v.optional(v.boolean(), true),
  ...placeInput,
});

export const Therapist = v.object({
  ...personFields,
  license_number: v.string(),
  experience_years: v.nullable(v.number()),
  specialties: v.array(v.object({ id: v.number(), name: v.string() })),
  phone: v.nullable(v.string()),
  email: v.nullable(v.string()),
  is_active: v.boolean(),
  ...placeFields,
  created_at: InstantOut,
  updated_at: InstantOut,
});

export const TherapistQuery = recordQuery(['paternal_last_name', 'created_at', 'license_number'], {
  is_active: v.optional(FlagText),
  specialty_id: v.optional(IdText),
});
