import { and, asc, desc, eq, gte, like, lt, type SQL, sql } from 'drizzle-orm';
import type * as v from 'valibot';
import { mayActForTherapist, reach, within } from '../../access/ownership.ts';
import type { Ctx } from '../../context.ts';
import type { Database } from '../../db/client.ts';
import { toUtcText } from '../../db/columns.ts';
import { containing, page } from '../../db/page.ts';
import { statement, statements } from '../../db/statement.ts';
import { AppError, notFound } from '../../errors.ts';
import { words } from '../../search-text.ts';
import { endOfDay, startOfDay } from '../../time.ts';
import { patients } from '../patients/tables.ts';
import type { AgendaQuery, AppointmentQuery } from './schemas.ts';
import { appointments } from './tables.ts';
import { type AppointmentRow, appointmentViews, selectAppointments } from './view.ts';

const byId = statement(
  (db) => selectAppointments(db).where(and(eq(appointments.id, sql.placeholder('id')), within(appointments))),
  'binary',
);

/** The row of an appointment that the caller may see. @throws AppError NOT_FOUND */
export async function findAppointment(ctx: Ctx, id: number): Promise<AppointmentRow> {
  const [row] = await byId(ctx.db, { id, ...reach(ctx) });
  if (!row) throw notFound();
  return row as AppointmentRow;
}

/** One appointment. @throws AppError NOT_FOUND when it is not there or not the caller's to see */
export const getAppointment = async (ctx: Ctx, id: number) =>
  showAppointment(ctx, await findAppointment(ctx, id));

/** The row as the client sees it. */
export async function showAppointment(ctx: Ctx, row: AppointmentRow) {
  const [view] = await appointmentViews(ctx, [row]);
  if (!view) throw notFound();
  return view;
}

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

/** A therapist's agenda, ascending. @throws AppError INSUFFICIENT_PERMISSIONS for another therapist's agenda */
export function agenda(ctx: Ctx, therapistId: number, query: v.InferOutput<typeof AgendaQuery>) {
  if (!mayActForTherapist(ctx, therapistId)) throw new AppError('INSUFFICIENT_PERMISSIONS');
  return appointmentPage({ ...ctx, scopes: ['any'] }, 'agenda', {
    ordering: 'date_time',
    ...query,
    therapist_id: therapistId,
  });
}

/** Rows before a page from which on it counts as far down the list. */
const DEEP = 1_000;

type Shape = {
  filters: (keyof typeof CONDITIONS)[];
  wordCount: number;
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
});

const counts = statements((db: Database, shape: Shape) => {
  const rows = matching(db, shape).limit(sql.placeholder('atMost')).as('matching');
  return db.select({ total: sql<number>`count(*)`.mapWith(Number) }).from(rows);
});

function matching(db: Database, shape: Shape) {
  const rows = db.select({ id: appointments.id }).from(appointments).$dynamic();
  const joined =
    shape.wordCount > 0 ? rows.innerJoin(patients, eq(patients.id, appointments.patientId)) : rows;
  return joined.where(conditions(shape));
}

const conditions = ({ filters, wordCount, everything }: Shape): SQL | undefined =>
  and(
    everything ? undefined : within(appointments),
    ...filters.map((name) => CONDITIONS[name]),
    ...Array.from({ length: wordCount }, (_, i) => like(patients.searchText, sql.placeholder(`word${i}`))),
  );

type PageQuery = Pick<Filters, 'page' | 'page_size'> & Partial<Filters>;

function appointmentPage(ctx: Ctx, name: string, query: PageQuery) {
  const { timeZone } = ctx.services.config;
  const { date_from: from, date_to: to } = query;
  const sought = words(query.search);
  const filters = (Object.keys(CONDITIONS) as Shape['filters']).filter(
    (filter) => query[filter] !== undefined,
  );
  const everything = ctx.scopes.includes('any');
  const shape: Shape = {
    filters,
    wordCount: sought.length,
    ordering: query.ordering ?? '-date_time',
    everything,
  };
  const values = {
    ...reach(ctx),
    ...Object.fromEntries(sought.map((word, i) => [`word${i}`, containing(word)])),
    patient_id: query.patient_id,
    therapist_id: query.therapist_id,
    status: query.status,
    date_from: from === undefined ? undefined : toUtcText(startOfDay(from, timeZone)),
    date_to: to === undefined ? undefined : toUtcText(endOfDay(to, timeZone)),
  };
  return page(ctx, query, {
    name,
    count: async (atMost) => (await counts(ctx.db, shape, { ...values, atMost }))[0]?.total ?? 0,
    results: async (limit, offset) => {
      const rows = await pages(ctx.db, { ...shape, deep: offset >= DEEP }, { ...values, limit, offset });
      return appointmentViews(ctx, rows as AppointmentRow[]);
    },
  });
}
