import { and, eq, sql } from 'drizzle-orm';
import * as v from 'valibot';
import type { Ctx } from '../../../context.ts';
import { statements } from '../../../db/statement.ts';
import { InstantOut } from '../../../http/schemas.ts';
import { fullNameOf } from '../../../person.ts';
import { formatInstant } from '../../../time.ts';
import { appointments } from '../../appointments/tables.ts';
import { payments, tickets } from '../../billing/tables.ts';
import { patients } from '../../patients/tables.ts';
import { therapists } from '../../therapists/tables.ts';
import { AS_IT_HAPPENED, isInStretch, movementsOf, type Page, type Ways, tillSums } from '../cash.ts';
import { defineReport } from '../define.ts';
import { LABELS, METHOD_LABELS } from '../labels.ts';
import { OneDay, onDay } from '../parameters.ts';

const Answer = v.object({
  fecha: v.string(),
  tickets_pagados: v.array(
    v.object({
      ticket_id: v.number(),
      numero_ticket: v.string(),
      monto: v.number(),
      metodo_pago: v.string(),
      fecha_pago: InstantOut,
      descripcion: v.nullable(v.string()),
      cita_id: v.number(),
      fecha_cita: v.string(),
      hora_cita: v.string(),
      consultorio: v.nullable(v.string()),
      paciente_nombre: v.string(),
      paciente_documento: v.string(),
      paciente_telefono: v.nullable(v.string()),
      terapeuta_nombre: v.string(),
      terapeuta_licencia: v.string(),
    }),
  ),
  resumen_por_metodo: v.array(
    v.object({ metodo: v.string(), cantidad_tickets: v.number(), total: v.number() }),
  ),
  total_general: v.number(),
  cantidad_tickets: v.number(),
  metodos_pago_utilizados: v.array(v.string()),
});

export const dailyPaidTickets = defineReport({
  type: 'tickets-pagados',
  path: 'daily-paid-tickets',
  alsoPost: true,
  title: { es: 'Tickets pagados del día', en: 'Tickets paid on the day' },
  about:
    'The tickets that were paid on one day, by the clinic’s midnights, whatever the day of the appointment, with the amount, method and time ' +
    'of that payment. A ticket that is refunded later stays on the day it was paid, so that a closed day does not change; the refund is in the ' +
    'cash of its own day (`caja-chica-mejorada`).',
  parameters: OneDay,
  answer: Answer,
  period: onDay,
  facts: tillSums,
  size: ({ total }) => total.payments,
  details: (ctx, { date }, { total }) => ({
    title: { es: 'Tickets', en: 'Tickets' },
    columns: [
      { key: 'hora_pago', label: LABELS.time, type: 'time' },
      { key: 'numero_ticket', label: LABELS.ticket, type: 'text', width: 20 },
      { key: 'paciente_nombre', label: LABELS.patient, type: 'text', width: 26 },
      { key: 'paciente_documento', label: LABELS.document, type: 'text', width: 12 },
      { key: 'paciente_telefono', label: LABELS.phone, type: 'text', width: 16 },
      { key: 'terapeuta_nombre', label: LABELS.therapist, type: 'text', width: 24 },
      { key: 'terapeuta_licencia', label: { es: 'Licencia', en: 'Licence' }, type: 'text', width: 12 },
      { key: 'fecha_cita', label: { es: 'Fecha de cita', en: 'Appointment' }, type: 'date', width: 13 },
      { key: 'hora_cita', label: { es: 'Hora de cita', en: 'At' }, type: 'time', width: 8 },
      { key: 'consultorio', label: LABELS.room, type: 'text', width: 13 },
      { key: 'descripcion', label: { es: 'Descripción', en: 'Description' }, type: 'text', width: 22 },
      { key: 'metodo_pago', label: LABELS.method, type: 'text', width: 14, labels: METHOD_LABELS },
      { key: 'monto', label: LABELS.amount, type: 'money' },
    ],
    rows: () => paidTickets(ctx, date),
    totals: { monto: total.paid },
  }),
  summaries: ({ byMethod, total }) => [
    {
      title: { es: 'Resumen por método', en: 'By payment method' },
      columns: [
        { key: 'metodo', label: LABELS.method, type: 'text', width: 18, labels: METHOD_LABELS },
        { key: 'tickets', label: { es: 'Tickets', en: 'Tickets' }, type: 'int' },
        { key: 'total', label: LABELS.total, type: 'money' },
      ],
      rows: paidOf(byMethod).map(({ method, payments: count, paid }) => ({
        metodo: method,
        tickets: count,
        total: paid,
      })),
      totals: { tickets: total.payments, total: total.paid },
    },
  ],
  json: ({ date }, { byMethod, total }, rows) => ({
    fecha: date,
    tickets_pagados: rows.map(({ hora_pago: _, monto, ...row }) => ({ ...row, monto: Number(monto) })),
    resumen_por_metodo: paidOf(byMethod).map(({ method, payments: count, paid }) => ({
      metodo: method,
      cantidad_tickets: count,
      total: Number(paid),
    })),
    total_general: Number(total.paid),
    cantidad_tickets: total.payments,
    metodos_pago_utilizados: paidOf(byMethod).map(({ method }) => method),
  }),
});

/** Without the methods that money was only given back by. */
const paidOf = (byMethod: Awaited<ReturnType<typeof tillSums>>['byMethod']) =>
  byMethod.filter(({ payments: count }) => count > 0);

/** The tickets in the order they were paid. */
async function* paidTickets(ctx: Ctx, date: string) {
  const { timeZone } = ctx.services.config;
  for await (const batch of movementsOf(ctx, { date }, nextPayments)) {
    yield batch.map(({ paymentId: _, paidAt, startsAt, ...row }) => {
      const paid = formatInstant(paidAt, timeZone);
      const starts = formatInstant(startsAt, timeZone);
      return {
        ...row,
        fecha_pago: paid,
        hora_pago: paid.slice(11, 16),
        fecha_cita: starts.slice(0, 10),
        hora_cita: starts.slice(11, 16),
      };
    });
  }
}

const nextPayments = statements<Ways, Page, Awaited<ReturnType<typeof select>>>((db, ways) =>
  select(db)
    .where(and(isInStretch(ways), eq(payments.kind, 'payment')))
    .orderBy(...AS_IT_HAPPENED)
    .limit(sql.placeholder('limit')),
);

const select = (db: Ctx['db']) =>
  db
    .select({
      paymentId: payments.id,
      paidAt: payments.paidAt,
      ticket_id: tickets.id,
      numero_ticket: tickets.ticketNumber,
      monto: payments.amount,
      metodo_pago: payments.paymentMethod,
      descripcion: tickets.description,
      cita_id: appointments.id,
      startsAt: appointments.dateTime,
      consultorio: appointments.room,
      paciente_nombre: fullNameOf(patients),
      paciente_documento: patients.documentNumber,
      paciente_telefono: patients.phone,
      terapeuta_nombre: fullNameOf(therapists),
      terapeuta_licencia: therapists.licenseNumber,
    })
    .from(payments)
    .innerJoin(tickets, eq(tickets.id, payments.ticketId))
    .innerJoin(appointments, eq(appointments.id, tickets.appointmentId))
    .innerJoin(patients, eq(patients.id, appointments.patientId))
    .innerJoin(therapists, eq(therapists.id, appointments.therapistId));
