import * as v from 'valibot';
import { labelled } from '../../http/form.ts';
import {
  Day,
  Id,
  IdText,
  InstantOut,
  Line,
  OrNull,
  pageOf,
  Paragraph,
  recordQuery,
} from '../../http/schemas.ts';
import { Code } from './codes-schemas.ts';

const DiagnosisData = v.object({
  code: OrNull(v.pipe(Code, labelled({ es: 'Código CIE-10', en: 'ICD-10 code' }))),
  name: v.pipe(Line(255), labelled({ es: 'Diagnóstico', en: 'Diagnosis' })),
  symptoms: v.pipe(Paragraph(5_000), v.nonEmpty()),
  observations: OrNull(Paragraph(5_000)),
});

export const NewDiagnosis = v.object({
  patient_id: Id,
  /** Administrators name the therapist; therapists write in their own name. */
  therapist_id: v.optional(Id),
  diagnosis_data: DiagnosisData,
  treatment_plan: OrNull(Paragraph(5_000)),
  /** Today when it is left out. */
  diagnosis_date: v.optional(Day),
  is_active: v.optional(v.pipe(v.boolean(), labelled({ es: 'Vigente', en: 'Current' })), true),
});

export const DiagnosisChanges = v.partial(NewDiagnosis);

export const Diagnosis = v.object({
  id: v.number(),
  patient_id: v.number(),
  therapist_id: v.number(),
  diagnosis_data: v.object({
    code: v.nullable(v.string()),
    name: v.string(),
    symptoms: v.string(),
    observations: v.nullable(v.string()),
  }),
  treatment_plan: v.nullable(v.string()),
  diagnosis_date: v.string(),
  is_active: v.boolean(),
  created_at: InstantOut,
  updated_at: InstantOut,
});

export const DiagnosisPage = pageOf(Diagnosis);

export const DiagnosisQuery = recordQuery(['diagnosis_date', 'created_at'], {
  patient_id: v.optional(IdText),
  therapist_id: v.optional(IdText),
  /** A category such as `M54` finds its subcategories, too. */
  code: v.optional(Code),
  date_from: v.optional(Day),
  date_to: v.optional(Day),
});
