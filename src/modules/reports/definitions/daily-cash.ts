import * as v from 'valibot';
import { atOnce } from '../batches.ts';
import { tillSums } from '../cash.ts';
import { defineReport } from '../define.ts';
import { LABELS, METHOD_LABELS } from '../labels.ts';
import { OneDay, onDay } from '../parameters.ts';

const Answer = v.object({
  fecha: v.string(),
  resumen_por_metodo: v.array(
    v.object({
      metodo: v.string(),
      cantidad_pagos: v.number(),
      ingresos: v.number(),
      cantidad_devoluciones: v.number(),
      devoluciones: v.number(),
      total: v.number(),
    }),
  ),
  total_ingresos: v.number(),
  total_devoluciones: v.number(),
  total_general: v.number(),
  cantidad_total_pagos: v.number(),
});

export const dailyCash = defineReport({
  type: 'resumen-caja',
  path: 'daily-cash',
  title: { es: 'Resumen de caja', en: 'Cash summary' },
  about:
    'What was taken and given back on one day, by the clinic’s midnights, for each way to pay; `total` is payments less refunds.',
  parameters: OneDay,
  answer: Answer,
  period: onDay,
  facts: tillSums,
  size: ({ byMethod }) => byMethod.length,
  details: (_, __, { byMethod, total }) => ({
    title: { es: 'Resumen por método', en: 'By payment method' },
    columns: [
      { key: 'metodo', label: LABELS.method, type: 'text', labels: METHOD_LABELS },
      { key: 'pagos', label: { es: 'Pagos', en: 'Payments' }, type: 'int' },
      { key: 'ingresos', label: { es: 'Ingresos', en: 'Taken' }, type: 'money', width: 14 },
      { key: 'devueltos', label: { es: 'N.º de devoluciones', en: 'Refunds' }, type: 'int', width: 14 },
      { key: 'devoluciones', label: { es: 'Devoluciones', en: 'Given back' }, type: 'money', width: 14 },
      { key: 'total', label: LABELS.total, type: 'money', width: 14 },
    ],
    rows: () =>
      atOnce(
        byMethod.map(({ method, ...sums }) => ({
          metodo: method,
          pagos: sums.payments,
          ingresos: sums.paid,
          devueltos: sums.refunds,
          devoluciones: sums.refunded,
          total: sums.net,
        })),
      ),
    totals: {
      pagos: total.payments,
      ingresos: total.paid,
      devueltos: total.refunds,
      devoluciones: total.refunded,
      total: total.net,
    },
  }),
  json: ({ date }, { byMethod, total }) => ({
    fecha: date,
    resumen_por_metodo: byMethod.map(({ method, ...sums }) => ({
      metodo: method,
      cantidad_pagos: sums.payments,
      ingresos: Number(sums.paid),
      cantidad_devoluciones: sums.refunds,
      devoluciones: Number(sums.refunded),
      total: Number(sums.net),
    })),
    total_ingresos: Number(total.paid),
    total_devoluciones: Number(total.refunded),
    total_general: Number(total.net),
    cantidad_total_pagos: total.payments,
  }),
});
