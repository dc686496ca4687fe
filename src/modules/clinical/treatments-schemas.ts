import * as v from 'valibot';
import { Day, Id, IdText, InstantOut, OrNull, pageOf, Paragraph, recordQuery } from '../../http/schemas.ts';
import { TREATMENT_STATUSES, TREATMENT_TYPES } from './tables.ts';

const Sessions = v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(1_000));

export const NewTreatment = v.object({
  patient_id: Id,
  /** Administrators name the therapist; therapists write in their own name. */
  therapist_id: v.optional(Id),
  diagnosis_id: OrNull(Id),
  treatment_type: v.picklist(TREATMENT_TYPES),
  description: v.pipe(Paragraph(5_000), v.nonEmpty()),
  duration_weeks: OrNull(v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(520))),
  sessions_planned: OrNull(v.pipe(Sessions, v.minValue(1))),
  sessions_done: v.optional(Sessions, 0),
  status: v.optional(v.picklist(TREATMENT_STATUSES), 'active'),
  /** Today when it is left out. */
  start_date: v.optional(Day),
  end_date: OrNull(Day),
});

export const TreatmentChanges = v.partial(NewTreatment);

export const Treatment = v.object({
  id: v.number(),
  patient_id: v.number(),
  therapist_id: v.number(),
  diagnosis_id: v.nullable(v.number()),
  treatment_type: v.picklist(TREATMENT_TYPES),
  description: v.string(),
  duration_weeks: v.nullable(v.number()),
  sessions_planned: v.nullable(v.number()),
  sessions_done: v.number(),
  /** Per cent of the planned sessions that are done; null when none are planned. */
  progress: v.nullable(v.pipe(v.number(), v.minValue(0), v.maxValue(100))),
  status: v.picklist(TREATMENT_STATUSES),
  start_date: v.string(),
  end_date: v.nullable(v.string()),
  created_at: InstantOut,
  updated_at: InstantOut,
});

export const TreatmentPage = pageOf(Treatment);

export const TreatmentQuery = recordQuery(['start_date', 'created_at'], {
  patient_id: v.optional(IdText),
  therapist_id: v.optional(IdText),
  diagnosis_id: v.optional(IdText),
  status: v.optional(v.picklist(TREATMENT_STATUSES)),
  treatment_type: v.optional(v.picklist(TREATMENT_TYPES)),
  date_from: v.optional(Day),
  date_to: v.optional(Day),
});
