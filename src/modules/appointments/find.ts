import { and, asc, desc, eq, gte, like, lt, type SQL } from 'drizzle-orm';
import type * as v from 'valibot';
import { mayActForTherapist, visible } from '../../access/ownership.ts';
import type { Ctx } from '../../context.ts';
import { containing, page } from '../../db/page.ts';
import { AppError, notFound } from '../../errors.ts';
import { plain } from '../../search-text.ts';
import { endOfDay, startOfDay } from '../../time.ts';
import { patients } from '../patients/tables.ts';
import type { AgendaQuery, AppointmentQuery } from './schemas.ts';
import { appointments } from './tables.ts';
import { type AppointmentRow, appointmentView, selectAppointments } from './view.ts';

/** The row of an appointment that the caller may see. @throws AppError NOT_FOUND */
export async function findAppointment(ctx: Ctx, id: number): Promise<AppointmentRow> {
  const [row] = await selectAppointments(ctx.db).where(
    and(eq(appointments.id, id), visible(ctx, appointments)),
  );
  if (!row) throw notFound();
  return row;
}

/** One appointment. @throws AppError NOT_FOUND when it is not there or not the caller's to see */
export const getAppointment = async (ctx: Ctx, id: number) =>
  appointmentView(await findAppointment(ctx, id), ctx.services.config.timeZone);

type Filters = v.InferOutput<typeof AppointmentQuery>;

const ORDER = {
  date_time: appointments.dateTime,
  created_at: appointments.createdAt,
  status: appointments.status,
};

function conditions(ctx: Ctx, query: Partial<Filters>): SQL | undefined {
  const { timeZone } = ctx.services.config;
  const words = plain(query.search ?? '')
    .split(/\s+/)
    .filter(Boolean);
  return and(
    visible(ctx, appointments),
    query.patient_id === undefined ? undefined : eq(appointments.patientId, query.patient_id),
    query.therapist_id === undefined ? undefined : eq(appointments.therapistId, query.therapist_id),
    query.status === undefined ? undefined : eq(appointments.status, query.status),
    query.date_from === undefined
      ? undefined
      : gte(appointments.dateTime, startOfDay(query.date_from, timeZone)),
    query.date_to === undefined ? undefined : lt(appointments.dateTime, endOfDay(query.date_to, timeZone)),
    ...words.map((word) => like(patients.searchText, containing(word))),
  );
}

/** Appointments that the caller may see, the latest first unless `ordering` says otherwise. */
export function listAppointments(ctx: Ctx, query: Filters) {
  return appointmentPage(ctx, 'appointments', query, conditions(ctx, query));
}

/**
 * A therapist's agenda, ascending; from today on unless dates are given.
 * @throws AppError INSUFFICIENT_PERMISSIONS for another therapist's agenda
 */
export function agenda(ctx: Ctx, therapistId: number, query: v.InferOutput<typeof AgendaQuery>) {
  if (!mayActForTherapist(ctx, therapistId)) throw new AppError('INSUFFICIENT_PERMISSIONS');
  const everything: Ctx = { ...ctx, scopes: ['any'] };
  const where = conditions(everything, { ...query, therapist_id: therapistId });
  return appointmentPage(everything, `agenda:${therapistId}`, { ordering: 'date_time', ...query }, where);
}

/** The page's ids come from one index; only its rows are joined. */
function appointmentPage(
  ctx: Ctx,
  name: string,
  query: Pick<Filters, 'page' | 'page_size' | 'ordering' | 'search'>,
  where: SQL | undefined,
) {
  const { timeZone } = ctx.services.config;
  const ordering = query.ordering ?? '-date_time';
  const direction = ordering.startsWith('-') ? desc : asc;
  const column = ORDER[ordering.replace('-', '') as keyof typeof ORDER];
  const order = [direction(column), direction(appointments.id)];

  const matching = () => {
    const rows = ctx.db.select({ id: appointments.id }).from(appointments).$dynamic();
    const joined = query.search ? rows.innerJoin(patients, eq(patients.id, appointments.patientId)) : rows;
    return joined.where(where);
  };
  return page(ctx, query, {
    name,
    matching: () => matching() as never,
    results: async (limit, offset) => {
      const ids = matching()
        .orderBy(...order)
        .limit(limit)
        .offset(offset)
        .as('ids');
      const rows = await selectAppointments(ctx.db)
        .innerJoin(ids, eq(ids.id, appointments.id))
        .orderBy(...order);
      return rows.map((row) => appointmentView(row, timeZone));
    },
  });
}
