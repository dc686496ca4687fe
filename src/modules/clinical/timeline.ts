import { and, eq, isNull, type SQL, sql } from 'drizzle-orm';
import type { MySqlTable } from 'drizzle-orm/mysql-core';
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
 * stands above the appointments of that day. One statement finds the page's entries, of each kind no more than could be
 * on it in the order of the patient's index, and only those are read whole: long texts are not sorted.
 * @throws AppError NOT_FOUND when the patient is not there or not the caller's to see
 */
export async function timeline(ctx: Ctx, patientId: number, query: v.InferOutput<typeof TimelineQuery>) {
  await assertVisible(ctx, patientId);
  const { timeZone } = ctx.services.config;
  const types = ENTRY_TYPES.filter((type) => query.types?.split(/, ?/).includes(type) ?? true);
  return page(ctx, query, {
    name: `timeline-${patientId}`,
    count: async () => {
      const [row] = await rowsOf<{ total: number }>(ctx, countOf(patientId, types));
      return row?.total ?? 0;
    },
    results: async (limit, offset) => {
      const keys = keysOf(ctx, patientId, types, offset + limit);
      const wanted = sql`select * from (${keys}) entries order by at desc, type desc, id desc
        limit ${limit} offset ${offset}`;
      return (await rowsOf<Entry>(ctx, whole(wanted))).map((row) => entryView(row, timeZone));
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

/** A row of the timeline; `at` is UTC and orders the entries, `day` is null for what has an instant. */
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

/** Where the entries of a kind are, and what of them is the day or the instant. */
const SOURCES: Record<EntryType, { table: MySqlTable; when: SQL; live: SQL }> = {
  appointment: { table: appointments, when: sql`date_time`, live: sql`true` },
  diagnosis: { table: diagnoses, when: sql`diagnosis_date`, live: sql`deleted_at is null` },
  treatment: { table: treatments, when: sql`start_date`, live: sql`deleted_at is null` },
  history: { table: medicalHistories, when: sql`history_date`, live: sql`deleted_at is null` },
};

/** What tells and orders the entries of a patient, the latest of each kind, as a UNION of SELECTs. */
function keysOf(ctx: Ctx, patientId: number, types: readonly EntryType[], ofEach: number): SQL {
  const { timeZone } = ctx.services.config;
  const offset = ctx.now.toZonedDateTimeISO(timeZone).offsetNanoseconds / 1e9;
  // The last second of the day in the clinic's zone, as UTC.
  const endOf = (day: SQL) => sql`${day} + interval ${86_399 - offset} second`;
  const parts = types.map((type) => {
    const { table, when, live } = SOURCES[type];
    const place =
      type === 'appointment' ? sql`${when} as at, null as day` : sql`${endOf(when)} as at, ${when} as day`;
    return sql`(select ${type} as type, id, ${place} from ${table} where patient_id = ${patientId} and ${live}
      order by ${when} desc, id desc limit ${ofEach})`;
  });
  return sql.join(parts, sql` union all `);
}

/** SELECT of how many entries a patient has. */
function countOf(patientId: number, types: readonly EntryType[]): SQL {
  const counts = types.map((type) => {
    const { table, live } = SOURCES[type];
    return sql`(select count(*) from ${table} where patient_id = ${patientId} and ${live})`;
  });
  return sql`select ${sql.join(counts, sql` + `)} as total`;
}

/** SELECT of {@link Entry}s by their keys. */
const whole = (keys: SQL): SQL => sql`
  select k.type, k.id, k.at, k.day,
    coalesce(a.appointment_type, if(d.id is null, null, concat_ws(' ', d.code, d.name)), t.treatment_type, f.name) as title,
    coalesce(a.reason, d.symptoms, t.description) as detail,
    coalesce(a.status, case d.is_active when 1 then 'active' when 0 then 'inactive' end, t.status) as status,
    ${therapists.id} as therapist_id, ${fullNameOf(therapists)} as therapist
  from (${keys}) k
  left join ${appointments} a on k.type = 'appointment' and a.id = k.id
  left join ${diagnoses} d on k.type = 'diagnosis' and d.id = k.id
  left join ${treatments} t on k.type = 'treatment' and t.id = k.id
  left join ${medicalHistories} h on k.type = 'history' and h.id = k.id
  left join ${historyTemplates} f on f.id = h.template_id
  join ${therapists} on ${therapists.id} = coalesce(a.therapist_id, d.therapist_id, t.therapist_id, h.therapist_id)
  order by k.at desc, k.type desc, k.id desc`;

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
