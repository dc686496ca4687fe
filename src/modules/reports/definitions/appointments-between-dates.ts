import { and, asc, type Column, eq, sql } from 'drizzle-orm';
import * as v from 'valibot';
import type { Ctx } from '../../../context.ts';
import { fromUtcText, toUtcText } from '../../../db/columns.ts';
import { onDays } from '../../../db/search.ts';
import { statement } from '../../../db/statement.ts';
import { fullNameOf } from '../../../person.ts';
import { endOfDay, formatInstant, startOfDay } from '../../../time.ts';
import { statusLabels } from '../../appointments/status-labels.ts';
import { appointments } from '../../appointments/tables.ts';
import { tickets } from '../../billing/tables.ts';
import { patients } from '../../patients/tables.ts';
import { therapists } from '../../therapists/tables.ts';
import { inBatches } from '../batches.ts';
import { defineReport, type Period } from '../define.ts';
import { LABELS, TICKET_LABELS } from '../labels.ts';
import type { KnownRows } from '../packed-rows.ts';
import { DayRange } from '../parameters.ts';
import { readOnce } from '../read-once.ts';

const Answer = v.object({
  fecha_inicio: v.string(),
  fecha_fin: v.string(),
  citas: v.array(
    v.object({
      cita_id: v.number(),
      fecha: v.string(),
      hora: v.string(),
      duracion: v.number(),
      paciente_id: v.number(),
      paciente: v.string(),
      documento: v.string(),
      telefono: v.nullable(v.string()),
      terapeuta_id: v.number(),
      terapeuta: v.string(),
      tipo_cita: v.nullable(v.string()),
      consultorio: v.nullable(v.string()),
      estado: v.string(),
      numero_ticket: v.nullable(v.string()),
      estado_ticket: v.nullable(v.string()),
      monto: v.number(),
    }),
  ),
  resumen_por_estado: v.array(v.object({ estado: v.string(), cantidad: v.number() })),
  total_citas: v.number(),
});

const daysOf = ({ start_date: from, end_date: to }: v.InferOutput<typeof DayRange>): Period => ({ from, to });

async function factsOf(ctx: Ctx, period: Period) {
  const { timeZone } = ctx.services.config;
  const byStatus = await ctx.db
    .select({ estado: appointments.status, cantidad: sql<number>`count(*)`.mapWith(Number) })
    .from(appointments)
    .where(onDays(appointments.dateTime, period, timeZone))
    .groupBy(appointments.status)
    .orderBy(appointments.status);
  const labels = [...(await statusLabels.get(ctx))].map(([name, label]) => [name, { es: label, en: label }]);
  return {
    byStatus,
    total: byStatus.reduce((sum, { cantidad }) => sum + cantidad, 0),
    labels: Object.fromEntries(labels) as Record<string, { es: string; en: string }>,
  };
}

export const appointmentsBetweenDates = defineReport({
  type: 'citas-rango',
  path: 'appointments-between-dates',
  title: { es: 'Citas entre fechas', en: 'Appointments between dates' },
  about:
    'The appointments that start on the days of a range, both included, in the clinic’s time zone, in order; `monto` is the ticket’s amount. ' +
    'As JSON up to 5,000 of them; more as a file.',
  parameters: DayRange,
  answer: Answer,
  period: daysOf,
  facts: (ctx, given) => factsOf(ctx, daysOf(given)),
  size: ({ total }) => total,
  details: (ctx, given, { labels }) => ({
    title: { es: 'Citas', en: 'Appointments' },
    columns: [
      { key: 'fecha', label: LABELS.date, type: 'date' },
      { key: 'hora', label: LABELS.time, type: 'time' },
      { key: 'duracion', label: { es: 'Min', en: 'Min' }, type: 'int', width: 6 },
      { key: 'paciente', label: LABELS.patient, type: 'text', width: 26 },
      { key: 'documento', label: LABELS.document, type: 'text', width: 12 },
      { key: 'telefono', label: LABELS.phone, type: 'text', width: 17 },
      { key: 'terapeuta', label: LABELS.therapist, type: 'text', width: 24 },
      { key: 'tipo_cita', label: { es: 'Tipo', en: 'Type' }, type: 'text', width: 16 },
      { key: 'consultorio', label: LABELS.room, type: 'text', width: 12 },
      { key: 'estado', label: { es: 'Estado', en: 'State' }, type: 'text', width: 12, labels },
      { key: 'numero_ticket', label: LABELS.ticket, type: 'text', width: 21 },
      {
        key: 'estado_ticket',
        label: { es: 'Pago', en: 'Payment' },
        type: 'text',
        width: 11,
        labels: TICKET_LABELS,
      },
      { key: 'monto', label: LABELS.amount, type: 'money' },
    ],
    rows: () => appointmentsOf(ctx, daysOf(given)),
  }),
  summaries: ({ byStatus, total, labels }) => [
    {
      title: { es: 'Resumen por estado', en: 'By state' },
      columns: [
        { key: 'estado', label: { es: 'Estado', en: 'State' }, type: 'text', width: 18, labels },
        { key: 'cantidad', label: { es: 'Citas', en: 'Appointments' }, type: 'int', width: 13 },
      ],
      rows: byStatus,
      totals: { cantidad: total },
    },
  ],
  json: (given, { byStatus, total }, rows) => {
    const { from, to } = daysOf(given);
    return {
      fecha_inicio: from,
      fecha_fin: to,
      citas: rows.map((row) => ({ ...row, monto: Number(row.monto) })),
      resumen_por_estado: byStatus,
      total_citas: total,
    };
  },
});

/** In the order of their start. */
async function* appointmentsOf(ctx: Ctx, { from, to }: Period) {
  const { timeZone } = ctx.services.config;
  const first = { startsAt: toUtcText(startOfDay(from, timeZone)), cita_id: 0 };
  const end = toUtcText(endOfDay(to, timeZone));
  const knownPatients = readOnce(['name', 'document', 'phone'], (ids) => patientsOf(ctx.db, { ids }));
  const knownTherapists = readOnce(['name'], (ids) => therapistsOf(ctx.db, { ids }));
  const localOf = localTimes(timeZone);
  const next = ({ startsAt: behind, cita_id: id }: Place = first, limit: number) =>
    nextVisits(ctx.db, { from: behind, same: behind, id, end, limit });
  yield* inBatches(ctx.services.pace, next, async (batch) => {
    const [read, patientById, therapistById] = await Promise.all([
      restsOf(ctx.db, { ids: batch.map(({ cita_id }) => cita_id) }),
      knownPatients(batch.map(({ paciente_id }) => paciente_id)),
      knownTherapists(batch.map(({ terapeuta_id }) => terapeuta_id)),
    ]);
    const restById = new Map(read.map((rest) => [rest.id, rest]));
    return batch.map((visit) => {
      const patient = found(patientById, visit.paciente_id);
      const rest = found(restById, visit.cita_id);
      const { fecha, hora } = localOf(visit.startsAt);
      return {
        cita_id: visit.cita_id,
        fecha,
        hora,
        duracion: visit.duracion,
        paciente_id: visit.paciente_id,
        paciente: patient.name,
        documento: patient.document,
        telefono: patient.phone,
        terapeuta_id: visit.terapeuta_id,
        terapeuta: found(therapistById, visit.terapeuta_id).name,
        tipo_cita: rest.tipo_cita,
        consultorio: rest.consultorio,
        estado: visit.estado,
        numero_ticket: rest.numero_ticket,
        estado_ticket: rest.estado_ticket,
        monto: rest.monto,
      };
    });
  });
}

/** The last appointment so far. */
type Place = Pick<Visit, 'startsAt' | 'cita_id'>;

/** Foreign keys and the snapshot see to it that it is there. */
function found<T>(known: KnownRows<T>, id: number): T {
  const one = known.get(id);
  if (one === undefined) throw new Error(`row ${id} is missing`);
  return one;
}

/** Makes the function that tells a moment's day and time; moments come in order, many at the same time. */
function localTimes(timeZone: string): (utc: string) => { fecha: string; hora: string } {
  let at = '';
  let local = { fecha: '', hora: '' };
  return (utc) => {
    if (utc !== at) {
      const text = formatInstant(Temporal.Instant.fromEpochMilliseconds(fromUtcText(utc)), timeZone);
      local = { fecha: text.slice(0, 10), hora: text.slice(11, 16) };
      at = utc;
    }
    return local;
  };
}

/*
 * A million appointments are read. What an index on their start has comes in its order, the rest of a batch in that of
 * its rows, and each person once: half the work of one query with joins, which goes to and fro in the tables.
 */

type Behind = { from: string; same: string; id: number; end: string; limit: number };
type Ids = { ids: readonly number[] };

const visitsBehind = (db: Ctx['db']) =>
  db
    .select({
      cita_id: appointments.id,
      /** UTC, as the database writes it. */
      startsAt: sql<string>`${appointments.dateTime}`,
      duracion: appointments.duration,
      paciente_id: appointments.patientId,
      terapeuta_id: appointments.therapistId,
      estado: appointments.status,
    })
    .from(appointments)
    .where(
      and(
        sql`${appointments.dateTime} >= ${sql.placeholder('from')}`,
        sql`(${appointments.dateTime} > ${sql.placeholder('same')} or ${appointments.id} > ${sql.placeholder('id')})`,
        sql`${appointments.dateTime} < ${sql.placeholder('end')}`,
      ),
    )
    .orderBy(asc(appointments.dateTime), asc(appointments.id))
    .limit(sql.placeholder('limit'));
type Visit = Awaited<ReturnType<typeof visitsBehind>>[number];
const nextVisits = statement<Behind, Visit[]>(visitsBehind, 'early');

const isAmong = (id: Column) => sql`${id} in (${sql.placeholder('ids')})`;

const rests = (db: Ctx['db']) =>
  db
    .select({
      id: appointments.id,
      tipo_cita: appointments.appointmentType,
      consultorio: appointments.room,
      numero_ticket: tickets.ticketNumber,
      estado_ticket: tickets.status,
      monto: sql<string>`coalesce(${tickets.amount}, ${appointments.price})`,
    })
    .from(appointments)
    .leftJoin(tickets, eq(tickets.appointmentId, appointments.id))
    .where(isAmong(appointments.id));
const restsOf = statement<Ids, Awaited<ReturnType<typeof rests>>>(rests);

const patientsAmong = (db: Ctx['db']) =>
  db
    .select({
      id: patients.id,
      name: fullNameOf(patients),
      document: sql<string>`${patients.documentNumber}`,
      phone: patients.phone,
    })
    .from(patients)
    .where(isAmong(patients.id));
const patientsOf = statement<Ids, Awaited<ReturnType<typeof patientsAmong>>>(patientsAmong);

const therapistsAmong = (db: Ctx['db']) =>
  db
    .select({ id: therapists.id, name: fullNameOf(therapists) })
    .from(therapists)
    .where(isAmong(therapists.id));
const therapistsOf = statement<Ids, Awaited<ReturnType<typeof therapistsAmong>>>(therapistsAmong);
