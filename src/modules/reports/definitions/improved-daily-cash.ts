import { eq, sql } from 'drizzle-orm';
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
import {
  AS_IT_HAPPENED,
  isInStretch,
  movementsOf,
  type Page,
  type Ways,
  signedAmount,
  type TillDay,
  tillSums,
} from '../cash.ts';
import { defineReport } from '../define.ts';
import { LABELS, METHOD_LABELS } from '../labels.ts';
import { Methods, OneDay, onDay } from '../parameters.ts';

const Parameters = v.object({ ...OneDay.entries, payment_methods: v.optional(Methods) });

const Answer = v.object({
  fecha: v.string(),
  pagos_detallados: v.array(
    v.object({
      tipo: v.picklist(['pago', 'devolucion']),
      id: v.number(),
      ticket_number: v.string(),
      monto: v.number(),
      metodo_pago: v.string(),
      paciente: v.string(),
      terapeuta: v.string(),
      fecha_pago: InstantOut,
    }),
  ),
  resumen_por_metodo: v.array(
    v.object({ metodo: v.string(), cantidad_pagos: v.number(), total: v.number() }),
  ),
  total_general: v.number(),
  cantidad_total_pagos: v.number(),
});

const KINDS = {
  pago: { es: 'Pago', en: 'Payment' },
  devolucion: { es: 'Devolución', en: 'Refund' },
};

const tillDay = (given: v.InferOutput<typeof Parameters>): TillDay => ({
  date: given.date,
  methods: given.payment_methods,
});

export const improvedDailyCash = defineReport({
  type: 'caja-chica-mejorada',
  path: 'improved-daily-cash',
  alsoPost: true,
  title: { es: 'Caja chica', en: 'Daily cash' },
  about:
    'Every movement of the till on one day, by the clinic’s midnights, whatever the day of the appointment. A payment counts once. ' +
    'Money given back is an entry of its own (`tipo: devolucion`, negative) on the day it was given back; totals are payments less refunds, ' +
    'and the counts are of payments alone. `payment_methods` keeps to some ways to pay.',
  parameters: Parameters,
  answer: Answer,
  period: onDay,
  asked: ({ payment_methods: methods = [] }, language) =>
    methods.length > 0
      ? [[LABELS.method[language], methods.map((name) => METHOD_LABELS[name]?.[language] ?? name).join(', ')]]
      : [],
  facts: (ctx, given) => tillSums(ctx, tillDay(given)),
  size: ({ total }) => total.payments + total.refunds,
  details: (ctx, given, { total }) => ({
    title: { es: 'Movimientos', en: 'Movements' },
    columns: [
      { key: 'hora', label: LABELS.time, type: 'time' },
      { key: 'tipo', label: { es: 'Tipo', en: 'Kind' }, type: 'text', width: 11, labels: KINDS },
      { key: 'ticket_number', label: LABELS.ticket, type: 'text', width: 20 },
      { key: 'paciente', label: LABELS.patient, type: 'text', width: 28 },
      { key: 'terapeuta', label: LABELS.therapist, type: 'text', width: 26 },
      { key: 'metodo_pago', label: LABELS.method, type: 'text', width: 14, labels: METHOD_LABELS },
      { key: 'monto', label: LABELS.amount, type: 'money' },
    ],
    rows: () => movements(ctx, tillDay(given)),
    totals: { monto: total.net },
  }),
  summaries: ({ byMethod, total }) => [
    {
      title: { es: 'Resumen por método', en: 'By payment method' },
      columns: [
        { key: 'metodo', label: LABELS.method, type: 'text', width: 18, labels: METHOD_LABELS },
        { key: 'pagos', label: { es: 'Pagos', en: 'Payments' }, type: 'int' },
        { key: 'total', label: LABELS.total, type: 'money' },
      ],
      rows: byMethod.map(({ method, payments: pagos, net }) => ({ metodo: method, pagos, total: net })),
      totals: { pagos: total.payments, total: total.net },
    },
  ],
  json: ({ date }, { byMethod, total }, rows) => ({
    fecha: date,
    pagos_detallados: rows.map(({ hora: _, monto, ...row }) => ({ ...row, monto: Number(monto) })),
    resumen_por_metodo: byMethod.map(({ method, payments: cantidad, net }) => ({
      metodo: method,
      cantidad_pagos: cantidad,
      total: Number(net),
    })),
    total_general: Number(total.net),
    cantidad_total_pagos: total.payments,
  }),
});

/** The day's payments and refunds in the order they happened. */
async function* movements(ctx: Ctx, day: TillDay) {
  const { timeZone } = ctx.services.config;
  for await (const batch of movementsOf(ctx, day, nextMovements)) {
    yield batch.map(({ kind, paidAt, amount, paymentId, ...row }) => {
      const at = formatInstant(paidAt, timeZone);
      return {
        tipo: kind === 'refund' ? ('devolucion' as const) : ('pago' as const),
        id: paymentId,
        ...row,
        monto: amount,
        fecha_pago: at,
        hora: at.slice(11, 16),
      };
    });
  }
}

const nextMovements = statements<Ways, Page, Awaited<ReturnType<typeof select>>>((db, ways) =>
  select(db)
    .where(isInStretch(ways))
    .orderBy(...AS_IT_HAPPENED)
    .limit(sql.placeholder('limit')),
);

const select = (db: Ctx['db']) =>
  db
    .select({
      kind: payments.kind,
      paymentId: payments.id,
      ticket_number: tickets.ticketNumber,
      amount: signedAmount,
      metodo_pago: payments.paymentMethod,
      paciente: fullNameOf(patients),
      terapeuta: fullNameOf(therapists),
      paidAt: payments.paidAt,
    })
    .from(payments)
    .innerJoin(tickets, eq(tickets.id, payments.ticketId))
    .innerJoin(appointments, eq(appointments.id, tickets.appointmentId))
    .innerJoin(patients, eq(patients.id, appointments.patientId))
    .innerJoin(therapists, eq(therapists.id, appointments.therapistId));
