import * as v from 'valibot';
import {
  Day,
  Id,
  IdText,
  Instant,
  InstantOut,
  IntegerText,
  Line,
  listQuery,
  MoneyOut,
  pageOf,
  Paragraph,
} from '../../http/schemas.ts';
import { STATUSES } from './status.ts';

/** Any whole number: the clinic's own bounds on a duration are a business rule, not a matter of form. */
const Duration = v.pipe(v.number(), v.safeInteger(), v.minValue(-1_000_000), v.maxValue(1_000_000));

const DETAILS = {
  appointment_type: v.optional(v.nullable(Line(60))),
  room: v.optional(v.nullable(Line(50))),
  reason: v.optional(v.nullable(Paragraph(500))),
  notes: v.optional(v.nullable(Paragraph(5_000))),
};

export const BookAppointment = v.object({
  patient_id: Id,
  therapist_id: Id,
  date_time: Instant,
  duration: v.optional(Duration, 60),
  ...DETAILS,
});

export const ModifyAppointment = v.object({
  therapist_id: v.optional(Id),
  date_time: v.optional(Instant),
  duration: v.optional(Duration),
  ...DETAILS,
});

export const Reason = v.pipe(v.string(), v.trim(), v.maxLength(500));

export const ChangeStatus = v.object({ status: v.picklist(STATUSES), reason: v.optional(Reason) });

export const BulkStatus = v.object({
  ids: v.pipe(v.array(Id), v.minLength(1), v.maxLength(200)),
  status: v.picklist(STATUSES),
});

export const BulkResult = v.object({
  results: v.array(
    v.object({
      id: v.number(),
      ok: v.boolean(),
      error: v.optional(
        v.object({
          error: v.string(),
          code: v.string(),
          details: v.optional(v.record(v.string(), v.unknown())),
        }),
      ),
    }),
  ),
});

export const CancelQuery = v.object({ reason: v.optional(Reason) });

const TicketSummary = v.object({
  id: v.number(),
  ticket_number: v.string(),
  status: v.picklist(['pending', 'paid', 'cancelled', 'refunded']),
  amount: MoneyOut,
});

export const Appointment = v.object({
  id: v.number(),
  patient_id: v.number(),
  therapist_id: v.number(),
  date_time: InstantOut,
  duration: v.number(),
  ends_at: InstantOut,
  status: v.picklist(STATUSES),
  status_label: v.string(),
  appointment_type: v.nullable(v.string()),
  room: v.nullable(v.string()),
  reason: v.nullable(v.string()),
  notes: v.nullable(v.string()),
  price: MoneyOut,
  ticket: v.nullable(TicketSummary),
  patient: v.object({ id: v.number(), full_name: v.string(), document_number: v.string() }),
  therapist: v.object({ id: v.number(), full_name: v.string() }),
  created_by: v.nullable(v.number()),
  created_at: InstantOut,
  updated_at: InstantOut,
});

export const AppointmentPage = pageOf(Appointment);

export const AppointmentQuery = listQuery(['date_time', 'created_at', 'status'], {
  patient_id: v.optional(IdText),
  therapist_id: v.optional(IdText),
  status: v.optional(v.picklist(STATUSES)),
  date_from: v.optional(Day),
  date_to: v.optional(Day),
});

export const AgendaQuery = listQuery(['date_time'], { date_from: v.optional(Day), date_to: v.optional(Day) });

export const SlotsQuery = v.object({
  date_from: Day,
  date_to: Day,
  therapist_id: v.optional(IdText),
  specialty_id: v.optional(IdText),
  duration: v.optional(IntegerText(1, 1_440), '60'),
  step: v.optional(IntegerText(5, 240), '30'),
});

export const Slots = v.object({
  date_from: v.string(),
  date_to: v.string(),
  duration: v.number(),
  slots: v.array(
    v.object({
      therapist_id: v.number(),
      therapist_name: v.string(),
      date_time: InstantOut,
      ends_at: InstantOut,
    }),
  ),
});
