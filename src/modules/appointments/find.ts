import { and, eq, sql } from 'drizzle-orm';
import { reach, within } from '../../access/ownership.ts';
import type { Ctx } from '../../context.ts';
import { statement } from '../../db/statement.ts';
import { notFound } from '../../errors.ts';
import { appointments } from './tables.ts';
import { type AppointmentRow, appointmentViewer, selectAppointments } from './view.ts';

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
  const view = await appointmentViewer(ctx);
  return view(row);
}
