import * as v from 'valibot';
import {
  Day,
  Email,
  FlagText,
  IdText,
  InstantOut,
  Line,
  OrNull,
  pageOf,
  Paragraph,
  Phone,
  recordQuery,
} from '../../http/schemas.ts';
import { personFields, personInput, placeFields, placeInput } from '../people/fields.ts';

const SEXES = ['M', 'F', 'O'] as const;
const BLOOD_TYPES = ['A+', 'A-', 'B+', 'B-', 'AB+', 'AB-', 'O+', 'O-'] as const;

export const NewPatient = v.object({
  ...personInput,
  birth_date: OrNull(Day),
  sex: OrNull(v.picklist(SEXES)),
  phone: OrNull(Phone),
  phone_secondary: OrNull(Phone),
  email: OrNull(Email),
  occupation: OrNull(Line(100)),
  health_condition: OrNull(Paragraph(5_000)),
  allergies: OrNull(Paragraph(5_000)),
  blood_type: OrNull(v.picklist(BLOOD_TYPES)),
  emergency_contact: OrNull(Line(200)),
  emergency_phone: OrNull(Phone),
  address: OrNull(Line(255)),
  ...placeInput,
});

export const PatientChanges = v.partial(NewPatient);

export const Patient = v.object({
  ...personFields,
  birth_date: v.nullable(v.string()),
  age: v.nullable(v.number()),
  sex: v.nullable(v.picklist(SEXES)),
  phone: v.nullable(v.string()),
  phone_secondary: v.nullable(v.string()),
  email: v.nullable(v.string()),
  occupation: v.nullable(v.string()),
  health_condition: v.nullable(v.string()),
  allergies: v.nullable(v.string()),
  blood_type: v.nullable(v.string()),
  emergency_contact: v.nullable(v.string()),
  emergency_phone: v.nullable(v.string()),
  address: v.nullable(v.string()),
  ...placeFields,
  created_at: InstantOut,
  updated_at: InstantOut,
});

/** `confirm_duplicate`: register somebody of the same name and birth date as another all the same. */
export const NewPatientQuery = v.object({ confirm_duplicate: v.optional(FlagText) });

/** Whom to look for: by document, by names and birth date, or both. What is not typed yet is left out. */
export const DuplicateQuery = v.object({
  document_number: v.optional(v.pipe(v.string(), v.trim(), v.maxLength(20))),
  first_name: v.optional(v.pipe(v.string(), v.trim(), v.maxLength(100))),
  paternal_last_name: v.optional(v.pipe(v.string(), v.trim(), v.maxLength(100))),
  maternal_last_name: v.optional(v.pipe(v.string(), v.trim(), v.maxLength(100))),
  birth_date: v.optional(Day),
});

export const Duplicates = v.object({
  results: v.array(
    v.object({
      id: v.number(),
      full_name: v.string(),
      document_number: v.string(),
      birth_date: v.nullable(v.string()),
      matches: v.picklist(['document_number', 'name_and_birth_date']),
    }),
  ),
});

/** `confirm`: the patient's document number or the word ANONIMIZAR, so that nobody does it by mistake. */
export const Anonymisation = v.object({ confirm: Line(20), reason: Line(500) });

/** The patient's record, then a list or an object for each domain that keeps something of them. */
export const PatientData = v.looseObject({ exported_at: InstantOut, patient: Patient });

export const PatientPage = pageOf(Patient);

export const PatientQuery = recordQuery(['created_at', 'paternal_last_name', 'document_number'], {
  sex: v.optional(v.picklist(SEXES)),
  document_number: v.optional(v.pipe(v.string(), v.trim(), v.maxLength(20))),
  region_id: v.optional(IdText),
  created_from: v.optional(Day),
  created_to: v.optional(Day),
});
