import * as v from 'valibot';
import type { Text } from '../../../errors.ts';
import { atOnce } from '../batches.ts';
import { defineReport } from '../define.ts';
import { LABELS, METHOD_LABELS } from '../labels.ts';
import { overview } from '../statistics/overview.ts';
import { StatisticsQuery } from '../statistics/parameters.ts';
import { toMoney } from '../statistics/sums.ts';

const Answer = v.object({
  terapeutas: v.array(
    v.object({
      id: v.number(),
      terapeuta: v.string(),
      sesiones: v.number(),
      ingresos: v.number(),
      raiting: v.number(),
    }),
  ),
  tipos_pago: v.record(v.string(), v.number()),
  metricas: v.object({ ttlpacientes: v.number(), ttlsesiones: v.number(), ttlganancias: v.number() }),
  ingresos: v.record(v.string(), v.number()),
  sesiones: v.record(v.string(), v.number()),
  tipos_pacientes: v.object({ c: v.number(), cc: v.number() }),
});

const MONDAY: Text = { es: 'Lunes', en: 'Monday' };
const WEEKDAYS: Record<number, Text> = {
  1: MONDAY,
  2: { es: 'Martes', en: 'Tuesday' },
  3: { es: 'Miércoles', en: 'Wednesday' },
  4: { es: 'Jueves', en: 'Thursday' },
  5: { es: 'Viernes', en: 'Friday' },
  6: { es: 'Sábado', en: 'Saturday' },
  7: { es: 'Domingo', en: 'Sunday' },
};
const weekdayName = (weekday: number): Text => WEEKDAYS[weekday] ?? MONDAY;
const WEEKDAY_LABELS = Object.fromEntries(Object.values(WEEKDAYS).map((text) => [text.es, text]));

const SESSIONS: Text = { es: 'Sesiones', en: 'Sessions' };
const INCOME: Text = { es: 'Ingresos', en: 'Income' };

export const statistics = defineReport({
  type: 'estadisticas',
  path: 'statistics',
  title: { es: 'Estadísticas', en: 'Statistics' },
  about:
    'Sessions (completed appointments, on their day) and income (payments less refunds, on the day the money moved) of a range of days, by ' +
    'therapist and weekday; how often each way to pay was used; patients who were treated, new ones (`c`: their first session at the clinic is ' +
    'in the range) and returning ones (`cc`). `raiting` is 0.7·sessions/mean + 0.3·income/mean, scaled so that the best is 5. ' +
    '`therapist_id` and `specialty_id` keep to some therapists.',
  parameters: StatisticsQuery,
  answer: Answer,
  period: ({ start, end }) => ({ from: start, to: end }),
  facts: overview,
  size: ({ therapists }) => therapists.length,
  details: (_, __, { therapists, total }) => ({
    title: { es: 'Terapeutas', en: 'Therapists' },
    columns: [
      { key: 'terapeuta', label: LABELS.therapist, type: 'text', width: 34 },
      { key: 'sesiones', label: SESSIONS, type: 'int' },
      { key: 'ingresos', label: INCOME, type: 'money', width: 14 },
      {
        key: 'raiting',
        label: { es: 'Calificación', en: 'Rating' },
        type: 'text',
        width: 12,
        align: 'right',
      },
    ],
    rows: () =>
      atOnce(
        therapists.map(({ id, name, sessions, income, rating }) => ({
          id,
          terapeuta: name,
          sesiones: sessions,
          ingresos: toMoney(income),
          raiting: rating.toFixed(2),
        })),
      ),
    totals: { sesiones: total.sessions, ingresos: toMoney(total.income) },
  }),
  summaries: ({ uses, weekdays, total, patients }) => [
    {
      title: { es: 'Métodos de pago', en: 'Payment methods' },
      columns: [
        { key: 'metodo', label: LABELS.method, type: 'text', width: 18, labels: METHOD_LABELS },
        { key: 'usos', label: { es: 'Usos', en: 'Uses' }, type: 'int' },
      ],
      rows: uses.map(({ method, uses: usos }) => ({ metodo: method, usos })),
    },
    {
      title: { es: 'Días de la semana', en: 'Weekdays' },
      columns: [
        { key: 'dia', label: { es: 'Día', en: 'Day' }, type: 'text', width: 14, labels: WEEKDAY_LABELS },
        { key: 'sesiones', label: SESSIONS, type: 'int' },
        { key: 'ingresos', label: INCOME, type: 'money', width: 14 },
      ],
      rows: weekdays.map(({ weekday, sessions, income }) => ({
        dia: weekdayName(weekday).es,
        sesiones: sessions,
        ingresos: toMoney(income),
      })),
      totals: { sesiones: total.sessions, ingresos: toMoney(total.income) },
    },
    {
      title: { es: 'Pacientes', en: 'Patients' },
      columns: [
        { key: 'nuevos', label: { es: 'Nuevos', en: 'New' }, type: 'int' },
        { key: 'recurrentes', label: { es: 'Recurrentes', en: 'Returning' }, type: 'int', width: 12 },
        { key: 'total', label: LABELS.total, type: 'int' },
      ],
      rows: [{ nuevos: patients.new, recurrentes: patients.returning, total: patients.patients }],
    },
  ],
  json: (_, { uses, weekdays, total, patients }, rows) => ({
    terapeutas: rows.map(({ ingresos, raiting, ...row }) => ({
      ...row,
      ingresos: Number(ingresos),
      raiting: Number(raiting),
    })),
    tipos_pago: Object.fromEntries(uses.map(({ method, uses: usos }) => [method, usos])),
    metricas: {
      ttlpacientes: patients.patients,
      ttlsesiones: total.sessions,
      ttlganancias: Number(toMoney(total.income)),
    },
    ingresos: Object.fromEntries(
      weekdays.map(({ weekday, income }) => [weekdayName(weekday).es, Number(toMoney(income))]),
    ),
    sesiones: Object.fromEntries(
      weekdays.map(({ weekday, sessions }) => [weekdayName(weekday).es, sessions]),
    ),
    tipos_pacientes: { c: patients.new, cc: patients.returning },
  }),
});
