import { and, asc, desc, eq, gte, like, lt, or, type SQL, sql } from 'drizzle-orm';
import type * as v from 'valibot';
import { mayActForTherapist, reach, within } from '../../access/ownership.ts';
import type { Ctx } from '../../context.ts';
import type { Database } from '../../db/client.ts';
import { toUtcText } from '../../db/columns.ts';
import { page } from '../../db/page.ts';
import { MOST_FOUND, searchFor } from '../../db/search.ts';
import { statements } from '../../db/statement.ts';
import { AppError } from '../../errors.ts';
import { endOfDay, startOfDay } from '../../time.ts';
import { patientSearch } from '../patients/patient-search.ts';
import { patients } from '../patients/tables.ts';
import { assertTherapist } from '../therapists/lock.ts';
import type { AgendaQuery, AppointmentQuery } from './schemas.ts';
import { appointments } from './tables.ts';
import { type AppointmentRow, appointmentViews, selectAppointments } from './view.ts';

type Filters = v.InferOutput<typeof AppointmentQuery>;

const ORDER = {
  date_time: appointments.dateTime,
  created_at: appointments.createdAt,
  status: appointments.status,
};

/** What each filter asks of a row. */
const CONDITIONS = {
  patient_id: eq(appointments.patientId, sql.placeholder('patient_id')),
  therapist_id: eq(appointments.therapistId, sql.placeholder('therapist_id')),
  status: eq(appointments.status, sql.placeholder('status')),
  date_from: gte(appointments.dateTime, sql.placeholder('date_from')),
  date_to: lt(appointments.dateTime, sql.placeholder('date_to')),
};

/** Appointments that the caller may see, the latest first unless `ordering` says otherwise. */
export const listAppointments = (ctx: Ctx, query: Filters) => appointmentPage(ctx, 'appointments', query);

/**
 * A therapist's agenda, ascending.
 * @throws AppError INSUFFICIENT_PERMISSIONS for another therapist's agenda, NOT_FOUND when there is no such therapist
 */
export async function agenda(ctx: Ctx, therapistId: number, query: v.InferOutput<typeof AgendaQuery>) {
  if (!mayActForTherapist(ctx, therapistId)) throw new AppError('INSUFFICIENT_PERMISSIONS');
  const found = await appointmentPage({ ...ctx, scopes: ['any'] }, 'agenda', {
    ordering: 'date_time',
    ...query,
    therapist_id: therapistId,
  });
  if (found.count === 0) await assertTherapist(ctx, therapistId);
  return found;
}

/** Rows before a page from which on it counts as far down the list. */
const DEEP = 100;

type Shape = {
  filters: (keyof typeof CONDITIONS)[];
  /** How the patient is searched for: among few ids, or by so many patterns for each word. */
  search: 'ids' | number[];
  ordering: `-${keyof typeof ORDER}` | keyof typeof ORDER;
  everything: boolean;
};

const pages = statements((db: Database, shape: Shape & { deep: boolean }) => {
  const direction = shape.ordering.startsWith('-') ? desc : asc;
  const column = ORDER[shape.ordering.replace('-', '') as keyof typeof ORDER];
  const order = [direction(column), direction(appointments.id)];
  const [limit, offset] = [sql.placeholder('limit'), sql.placeholder('offset')];
  if (!shape.deep) {
    return selectAppointments(db)
      .where(conditions(shape))
      .orderBy(...order)
      .limit(limit)
      .offset(offset);
  }
  // Far down the list the rows that are skipped are read off the index alone, and only the page's are joined.
  const ids = matching(db, shape)
    .orderBy(...order)
    .limit(limit)
    .offset(offset)
    .as('ids');
  return selectAppointments(db)
    .innerJoin(ids, eq(ids.id, appointments.id))
    .orderBy(...order);
}, 'shared');

const counts = statements((db: Database, shape: Shape) => {
  const rows = matching(db, shape).limit(sql.placeholder('atMost')).as('matching');
  return db.select({ total: sql<number>`count(*)`.mapWith(Number) }).from(rows);
});

function matching(db: Database, shape: Shape) {
  const rows = db.select({ id: appointments.id }).from(appointments).$dynamic();
  const joined =
    typeof shape.search === 'string' || shape.search.length === 0
      ? rows
      : rows.innerJoin(patients, eq(patients.id, appointments.patientId));
  return joined.where(conditions(shape));
}

const conditions = ({ filters, search, everything }: Shape): SQL | undefined =>
  and(
    everything ? undefined : within(appointments),
    ...filters.map((name) => CONDITIONS[name]),
    search === 'ids'
      ? sql`${appointments.patientId} in (${sql.placeholder('patients')})`
      : hasPatterns(search),
  );

const hasPatterns = (counts: number[]): SQL | undefined =>
  and(
    ...counts.map((count, word) =>
      or(
        ...Array.from({ length: count }, (_, i) =>
          like(patients.searchText, sql.placeholder(`pattern${word}_${i}`)),
        ),
      ),
    ),
  );

const patternValues = (patterns: string[][]): Record<string, string> =>
  Object.fromEntries(
    patterns.flatMap((ofWord, word) =>
      ofWord.map((pattern, i): [string, string] => [`pattern${word}_${i}`, pattern]),
    ),
  );

type PageQuery = Pick<Filters, 'page' | 'page_size'> & Partial<Filters>;

async function appointmentPage(ctx: Ctx, name: string, query: PageQuery) {
  const { timeZone } = ctx.services.config;
  const { date_from: from, date_to: to } = query;
  const found = await searchFor(ctx, patientSearch, query.search);
  const filters = (Object.keys(CONDITIONS) as Shape['filters']).filter(
    (filter) => query[filter] !== undefined,
  );
  const everything = ctx.scopes.includes('any');
  const shape: Shape = {
    filters,
    search: found ? (found.isCommon ? found.patterns.map(({ length }) => length) : 'ids') : [],
    ordering: query.ordering ?? '-date_time',
    everything,
  };
  const values = {
    ...reach(ctx),
    ...patternValues(found?.patterns ?? []),
    patients: found?.ids.length ? found.ids : [0],
    patient_id: query.patient_id,
    therapist_id: query.therapist_id,
    status: query.status,
    date_from: from === undefined ? undefined : toUtcText(startOfDay(from, timeZone)),
    date_to: to === undefined ? undefined : toUtcText(endOfDay(to, timeZone)),
  };
  return page(ctx, query, {
    name,
    bound: found?.isCommon ? MOST_FOUND : undefined,
    count: async (atMost) => {
      const countOf = async (one: Shape) => (await counts(ctx.db, one, { ...values, atMost }))[0]?.total ?? 0;
      // Where many patients match, the appointments of some of them mostly reach the bound.
      const some = found?.isCommon ? await countOf({ ...shape, search: 'ids' }) : 0;
      return found?.isCommon && some >= atMost ? some : countOf(shape);
    },
    results: async (limit, offset) => {
      const rows = await pages(ctx.db, { ...shape, deep: offset >= DEEP }, { ...values, limit, offset });
      return appointmentViews(ctx, rows as AppointmentRow[]);
    },
  });
}
