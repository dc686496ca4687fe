import { and, eq, inArray, or, type SQL } from 'drizzle-orm';
import type * as v from 'valibot';
import { visible } from '../../access/ownership.ts';
import type { Ctx } from '../../context.ts';
import { columnsOf } from '../../db/casing.ts';
import { resource } from '../../db/resource.ts';
import { isFound, onDays, searchFor } from '../../db/search.ts';
import { RuleViolation } from '../../errors.ts';
import { formatInstant } from '../../time.ts';
import { appointments } from '../appointments/tables.ts';
import { patientSearch } from '../patients/patient-search.ts';
import { patients } from '../patients/tables.ts';
import { tickets } from './tables.ts';
import { hasNumber } from './ticket-number.ts';
import type { TicketChanges, TicketQuery } from './tickets-schemas.ts';

const ticketView = (row: typeof tickets.$inferSelect, timeZone: string) => ({
  id: row.id,
  appointment_id: row.appointmentId,
  ticket_number: row.ticketNumber,
  amount: row.amount,
  payment_method: row.paymentMethod,
  status: row.status,
  payment_date: row.paymentDate && formatInstant(row.paymentDate, timeZone),
  description: row.description,
});

const records = resource({
  entity: 'ticket',
  table: tickets,
  view: (ctx, rows) => rows.map((row) => ticketView(row, ctx.services.config.timeZone)),
  ordering: { ticket_number: tickets.ticketNumber, payment_date: tickets.paymentDate },
  defaultOrdering: '-ticket_number',
  visible: (ctx) => ofAppointments(ctx, visible(ctx, appointments)),
});

export const { get: getTicket, update: updateTicket } = records;

/** Tickets the caller may see, the latest first; `search` looks at the ticket's number and at its patient. */
export async function listTickets(ctx: Ctx, query: v.InferOutput<typeof TicketQuery>) {
  const { timeZone } = ctx.services.config;
  return records.list(
    ctx,
    query,
    and(
      query.status === undefined ? undefined : eq(tickets.status, query.status),
      query.payment_method === undefined ? undefined : eq(tickets.paymentMethod, query.payment_method),
      query.patient_id === undefined
        ? undefined
        : ofAppointments(ctx, eq(appointments.patientId, query.patient_id)),
      onDays(tickets.paymentDate, { from: query.date_from, to: query.date_to }, timeZone),
      await matching(ctx, query.search),
    ),
  );
}

/**
 * Corrects a ticket. What was asked for is settled once the ticket is paid, cancelled or refunded.
 * @throws RuleViolation `ticket_not_payable`, AppError NOT_FOUND or PRECONDITION_FAILED
 */
export const changeTicket = (ctx: Ctx, id: number, input: v.InferOutput<typeof TicketChanges>) =>
  records.update(ctx, id, (_, current) => {
    const changesAmount = input.amount !== undefined && input.amount !== current.amount;
    if (changesAmount && current.status !== 'pending') throw new RuleViolation([SETTLED]);
    return columnsOf(input);
  });

const SETTLED = {
  rule: 'ticket_not_payable',
  message: {
    es: 'El monto solo se cambia mientras el ticket está pendiente.',
    en: 'The amount can be changed only while the ticket is pending.',
  },
};

/** WHERE: the ticket is of one of the appointments that satisfy the condition; undefined for no condition. */
function ofAppointments(ctx: Ctx, which: SQL | undefined): SQL | undefined {
  if (!which) return undefined;
  return inArray(
    tickets.appointmentId,
    ctx.db.select({ id: appointments.id }).from(appointments).where(which),
  );
}

/** WHERE: the ticket's number is what is searched for, or its patient is found by it. */
async function matching(ctx: Ctx, search = ''): Promise<SQL | undefined> {
  if (NUMBER.test(search)) return eq(tickets.ticketNumber, search);
  const found = await searchFor(ctx, patientSearch, search);
  if (!found) return undefined;
  const ofPatient = ctx.db
    .select({ id: appointments.id })
    .from(appointments)
    .innerJoin(patients, eq(patients.id, appointments.patientId))
    .where(isFound(patientSearch, found, true));
  const byNumber = await hasNumber(ctx, search);
  if (!byNumber || found.isCommon) return or(byNumber, inArray(tickets.appointmentId, ofPatient));
  // As values: with an OR the database follows no index into a subquery.
  const ids = (await ofPatient).map(({ id }) => id);
  return or(byNumber, inArray(tickets.appointmentId, ids));
}

const NUMBER = /^TKT-\d{8}-\d{6}$/i;
