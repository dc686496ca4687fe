import { and, eq, isNull, type SQL, sql } from 'drizzle-orm';
import type * as v from 'valibot';
import { visiblePatients } from '../../access/ownership.ts';
import type { Ctx } from '../../context.ts';
import { fromUtcText } from '../../db/columns.ts';
import { page } from '../../db/page.ts';
import { notFound } from '../../errors.ts';
import { fullNameOf } from '../../person.ts';
import { formatInstant, localDay } from '../../time.ts';
import { appointments } from '../appointments/tables.ts';
import { patients } from '../patients/tables.ts';
import { therapists } from '../therapists/tables.ts';
import { diagnoses, historyTemplates, medicalHistories, treatments } from './tables.ts';
import { ENTRY_TYPES, type EntryType, type TimelineQuery } from './timeline-schemas.ts';

/**
 * A patient's appointments, diagnoses, treatments and medical histories in one list, newest first; what is of a day
 * stands above the appointments of that day. One statement, every part of it read off the patient's index.
 * @throws AppError NOT_FOUND when the patient is not there or not the caller's to see
 */
export async function timeline(ctx: Ctx, patientId: number, query: v.InferOutput<typeof TimelineQuery>) {
  await assertVisible(ctx, patientId);
  const { timeZone } = ctx.services.config;
  const types = ENTRY_TYPES.filter((type) => query.types?.split(/, ?/).includes(type) ?? true);
  const entries = entriesOf(ctx, patientId, types);
  return page(ctx, query, {
    name: `timeline-${patientId}`,
    count: async (atMost) => {
      const [row] = await rowsOf<{ total: number }>(
        ctx,
        sql`select count(*) as total from (select id from (${entries}) entries limit ${atMost}) counted`,
      );
      return row?.total ?? 0;
    },
    results: async (limit, offset) => {
      const rows = await rowsOf<Entry>(
        ctx,
        sql`select type, entries.id, at, day, title, detail, status, therapist_id, ${fullNameOf(therapists)} as therapist
          from (${entries}) entries join ${therapists} on ${therapists.id} = entries.therapist_id
          order by at desc, type desc, entries.id desc limit ${limit} offset ${offset}`,
      );
      return rows.map((row) => entryView(row, timeZone));
    },
  });
}

async function assertVisible(ctx: Ctx, patientId: number): Promise<void> {
  const [patient] = await ctx.db
    .select({ id: patients.id })
    .from(patients)
    .where(and(eq(patients.id, patientId), isNull(patients.deletedAt), visiblePatients(ctx, patients.id)));
  if (!patient) throw notFound();
}

/** A row of the union; `at` is UTC and orders the entries, `day` is null for what has an instant. */
type Entry = {
  type: EntryType;
  id: number;
  at: string;
  day: string | null;
  title: string | null;
  detail: string | null;
  status: string | null;
  therapist_id: number;
  therapist: string;
};

/** The entries of a patient as a UNION of SELECTs with {@link Entry}'s columns. */
function entriesOf(ctx: Ctx, patientId: number, types: readonly EntryType[]): SQL {
  const { timeZone } = ctx.services.config;
  const offset = ctx.now.toZonedDateTimeISO(timeZone).offsetNanoseconds / 1e9;
  // The last second of the day in the clinic's zone, as UTC.
  const endOf = (day: SQL) => sql`${day} + interval ${86_399 - offset} second`;
  const parts: Record<EntryType, SQL> = {
    appointment: sql`select 'appointment' as type, id, date_time as at, null as day, appointment_type as title,
      reason as detail, status, therapist_id from ${appointments} where patient_id = ${patientId}`,
    diagnosis: sql`select 'diagnosis' as type, id, ${endOf(sql`diagnosis_date`)} as at, diagnosis_date as day,
      concat_ws(' ', code, name) as title, symptoms as detail, if(is_active, 'active', 'inactive') as status,
      therapist_id from ${diagnoses} where patient_id = ${patientId} and deleted_at is null`,
    treatment: sql`select 'treatment' as type, id, ${endOf(sql`start_date`)} as at, start_date as day,
      treatment_type as title, description as detail, status, therapist_id
      from ${treatments} where patient_id = ${patientId} and deleted_at is null`,
    history: sql`select 'history' as type, h.id, ${endOf(sql`h.history_date`)} as at, h.history_date as day,
      t.name as title, null as detail, null as status, h.therapist_id
      from ${medicalHistories} h join ${historyTemplates} t on t.id = h.template_id
      where h.patient_id = ${patientId} and h.deleted_at is null`,
  };
  return sql.join(
    types.map((type) => parts[type]),
    sql` union all `,
  );
}

async function rowsOf<Row>(ctx: Ctx, query: SQL): Promise<Row[]> {
  const [rows] = await ctx.db.execute(query);
  return rows as unknown as Row[];
}

function entryView(row: Entry, timeZone: string) {
  const start = Temporal.Instant.fromEpochMilliseconds(fromUtcText(row.at));
  return {
    type: row.type,
    id: row.id,
    date: row.day ?? localDay(start, timeZone),
    date_time: row.day === null ? formatInstant(start, timeZone) : null,
    title: row.title,
    detail: row.detail,
    status: row.status,
    therapist: { id: row.therapist_id, full_name: row.therapist },
  };
}
