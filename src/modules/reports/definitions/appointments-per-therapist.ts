import { asc, desc, inArray, sql } from 'drizzle-orm';
import * as v from 'valibot';
import type { Ctx } from '../../../context.ts';
import { onDays } from '../../../db/search.ts';
import { fullNameOf } from '../../../person.ts';
import { type Status, STATUSES } from '../../appointments/status.ts';
import { appointments } from '../../appointments/tables.ts';
import { therapists } from '../../therapists/tables.ts';
import { atOnce } from '../batches.ts';
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

const inStatus = (status: Status) =>
  sql<number>`count(if(${appointments.status} = ${status}, 1, null))`.mapWith(Number);

const [pending, confirmed, inProgress, completed, cancelled, noShow] = STATUSES;

const COUNTS = {
  pendientes: inStatus(pending),
  confirmadas: inStatus(confirmed),
  en_curso: inStatus(inProgress),
  completadas: inStatus(completed),
  canceladas: inStatus(cancelled),
  no_asistio: inStatus(noShow),
  total_citas: sql<number>`count(*)`.mapWith(Number),
};

async function countsOf(ctx: Ctx, period: Period) {
  const { timeZone } = ctx.services.config;
  const where = onDays(appointments.dateTime, period, timeZone);
  const counts = await ctx.db
    .select({ terapeuta_id: appointments.therapistId, ...COUNTS })
    .from(appointments)
    .where(where)
    .groupBy(appointments.therapistId)
    .orderBy(desc(COUNTS.total_citas), asc(appointments.therapistId));
  const names = await namesOf(
    ctx,
    counts.map((row) => row.terapeuta_id),
  );
  const [all] = await ctx.db.select(COUNTS).from(appointments).where(where);
  const sum = all?.total_citas ?? 0;
  return {
    total: sum,
    totals: { ...all, porcentaje: sum > 0 ? 100 : 0 },
    rows: counts.map((row) => ({
      ...row,
      terapeuta: names.get(row.terapeuta_id) ?? '',
      porcentaje: Math.round((row.total_citas / sum) * 10_000) / 100,
    })),
  };
}

async function namesOf(ctx: Ctx, ids: readonly number[]): Promise<ReadonlyMap<number, string>> {
  if (ids.length === 0) return new Map();
  const rows = await ctx.db
    .select({ id: therapists.id, name: fullNameOf(therapists) })
    .from(therapists)
    .where(inArray(therapists.id, [...ids]));
  return new Map(rows.map(({ id, name }) => [id, name]));
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
