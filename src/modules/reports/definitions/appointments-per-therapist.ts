import { asc, desc, eq, sql } from 'drizzle-orm';
import * as v from 'valibot';
import type { Ctx } from '../../../context.ts';
import { statement } from '../../../db/statement.ts';
import { fullNameOf } from '../../../person.ts';
import { type Status, STATUSES } from '../../appointments/status.ts';
import { appointments } from '../../appointments/tables.ts';
import { therapists } from '../../therapists/tables.ts';
import { atOnce } from '../batches.ts';
import { type DayBounds, dayBounds, isOnDays } from '../day-bounds.ts';
import { defineReport, type Period } from '../define.ts';
import { LABELS } from '../labels.ts';
import { DayOrRange, daysOf } from '../parameters.ts';

const Answer = v.object({
  fecha_inicio: v.string(),
  fecha_fin: v.string(),
  terapeutas: v.array(
    v.object({
      terapeuta_id: v.number(),
      terapeuta: v.string(),
      pendientes: v.number(),
      confirmadas: v.number(),
      en_curso: v.number(),
      completadas: v.number(),
      canceladas: v.number(),
      no_asistio: v.number(),
      total_citas: v.number(),
      porcentaje: v.number(),
    }),
  ),
  total_citas: v.number(),
});

const inStatus = (status: Status, name: string) =>
  sql<number>`count(if(${appointments.status} = ${status}, 1, null))`.mapWith(Number).as(name);

const [pending, confirmed, inProgress, completed, cancelled, noShow] = STATUSES;

const COUNTS = {
  pendientes: inStatus(pending, 'pendientes'),
  confirmadas: inStatus(confirmed, 'confirmadas'),
  en_curso: inStatus(inProgress, 'en_curso'),
  completadas: inStatus(completed, 'completadas'),
  canceladas: inStatus(cancelled, 'canceladas'),
  no_asistio: inStatus(noShow, 'no_asistio'),
  total_citas: sql<number>`count(*)`.mapWith(Number).as('total_citas'),
};
type Counts = Record<keyof typeof COUNTS, number>;

/** Those with most come first. */
const countedByTherapist = statement<DayBounds, (Counts & { terapeuta_id: number; terapeuta: string })[]>(
  (db) => {
    const counts = db
      .select({ therapistId: appointments.therapistId, ...COUNTS })
      .from(appointments)
      .where(isOnDays(appointments.dateTime))
      .groupBy(appointments.therapistId)
      .as('counts');
    return db
      .select({
        terapeuta_id: therapists.id,
        terapeuta: fullNameOf(therapists),
        pendientes: counts.pendientes,
        confirmadas: counts.confirmadas,
        en_curso: counts.en_curso,
        completadas: counts.completadas,
        canceladas: counts.canceladas,
        no_asistio: counts.no_asistio,
        total_citas: counts.total_citas,
      })
      .from(counts)
      .innerJoin(therapists, eq(therapists.id, counts.therapistId))
      .orderBy(desc(counts.total_citas), asc(therapists.id));
  },
);

async function countsOf(ctx: Ctx, period: Period) {
  const rows = await countedByTherapist(ctx.db, dayBounds(ctx, period));
  const sum = (key: keyof Counts) => rows.reduce((total, row) => total + row[key], 0);
  const total = sum('total_citas');
  return {
    total,
    totals: {
      pendientes: sum('pendientes'),
      confirmadas: sum('confirmadas'),
      en_curso: sum('en_curso'),
      completadas: sum('completadas'),
      canceladas: sum('canceladas'),
      no_asistio: sum('no_asistio'),
      total_citas: total,
      porcentaje: total > 0 ? 100 : 0,
    },
    rows: rows.map((row) => ({
      ...row,
      porcentaje: Math.round((row.total_citas / total) * 10_000) / 100,
    })),
  };
}

export const appointmentsPerTherapist = defineReport({
  type: 'citas-terapeuta',
  path: 'appointments-per-therapist',
  title: { es: 'Citas por terapeuta', en: 'Appointments per therapist' },
  about:
    'The appointments of one day or of a range of days, by their start in the clinic’s time zone, counted by therapist and state. ' +
    '`total_citas` counts every state, cancelled ones too; `porcentaje` is the therapist’s share of it. Those with most come first.',
  parameters: DayOrRange,
  answer: Answer,
  period: daysOf,
  facts: (ctx, given) => countsOf(ctx, daysOf(given)),
  size: ({ rows }) => rows.length,
  details: (_, __, { rows, totals }) => ({
    title: { es: 'Terapeutas', en: 'Therapists' },
    columns: [
      { key: 'terapeuta', label: LABELS.therapist, type: 'text', width: 30 },
      { key: 'pendientes', label: { es: 'Pendientes', en: 'Pending' }, type: 'int', width: 11 },
      { key: 'confirmadas', label: { es: 'Confirmadas', en: 'Confirmed' }, type: 'int', width: 12 },
      { key: 'en_curso', label: { es: 'En curso', en: 'In progress' }, type: 'int', width: 10 },
      { key: 'completadas', label: { es: 'Completadas', en: 'Completed' }, type: 'int', width: 12 },
      { key: 'canceladas', label: { es: 'Canceladas', en: 'Cancelled' }, type: 'int', width: 11 },
      { key: 'no_asistio', label: { es: 'No asistió', en: 'No show' }, type: 'int', width: 10 },
      { key: 'total_citas', label: LABELS.total, type: 'int' },
      { key: 'porcentaje', label: { es: '%', en: '%' }, type: 'percent' },
    ],
    rows: () => atOnce(rows),
    totals,
  }),
  json: (given, { rows, total }) => {
    const { from, to } = daysOf(given);
    return { fecha_inicio: from, fecha_fin: to, terapeutas: [...rows], total_citas: total };
  },
});
