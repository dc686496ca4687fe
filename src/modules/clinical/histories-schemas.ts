import * as v from 'valibot';
import { Day, Id, IdText, InstantOut, pageOf, recordQuery } from '../../http/schemas.ts';
import { FieldValues } from './template-field.ts';

const Version = v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(1_000_000));

export const NewHistory = v.object({
  patient_id: Id,
  /** Administrators name the therapist; therapists write in their own name. */
  therapist_id: v.optional(Id),
  template_id: Id,
  /** The version of the template that the form was drawn from; the current one when it is left out. */
  template_version: v.optional(Version),
  /** Today when it is left out. */
  history_date: v.optional(Day),
  /** Values by the names of the template's fields. */
  fields_data: v.record(v.string(), v.unknown()),
});

/** A history keeps its patient, its template and the version it was written with. */
export const HistoryInput = v.object({
  patient_id: v.optional(Id),
  therapist_id: v.optional(Id),
  history_date: v.optional(Day),
  fields_data: v.record(v.string(), v.unknown()),
});

export const HistoryChanges = v.partial(HistoryInput);

export const History = v.object({
  id: v.number(),
  patient_id: v.number(),
  therapist_id: v.number(),
  template_id: v.number(),
  template_version: v.number(),
  history_date: v.string(),
  fields_data: FieldValues,
  created_at: InstantOut,
  updated_at: InstantOut,
});

export const HistoryPage = pageOf(History);

export const HistoryQuery = recordQuery(['history_date', 'created_at'], {
  patient_id: v.optional(IdText),
  therapist_id: v.optional(IdText),
  template_id: v.optional(IdText),
  date_from: v.optional(Day),
  date_to: v.optional(Day),
});
