import { and, asc, count, eq, min, ne, type SQL } from 'drizzle-orm';
import * as v from 'valibot';
import type { Ctx } from '../../../context.ts';
import { statement } from '../../../db/statement.ts';
import { fullNameOf } from '../../../person.ts';
import { formatInstant } from '../../../time.ts';
import { appointments } from '../../appointments/tables.ts';
import { patients } from '../../patients/tables.ts';
import { therapists } from '../../therapists/tables.ts';
import { atOnce } from '../batches.ts';
import { type DayBounds, dayBounds, isOnDays } from '../day-bounds.ts';
import { defineReport } from '../define.ts';
import { LABELS } from '../labels.ts';
import { OneDay, onDay } from '../parameters.ts';

const Patient = v.object({
  paciente_id: v.number(),
  paciente: v.string(),
  documento: v.string(),
  telefono: v.nullable(v.string()),
  hora: v.string(),
  citas: v.number(),
});

const Answer = v.object({
  fecha: v.string(),
  terapeutas: v.array(
    v.object({
      terapeuta_id: v.number(),
      terapeuta: v.string(),
      cantidad_pacientes: v.number(),
      pacientes: v.array(Patient),
    }),
  ),
  total_pacientes: v.number(),
});

const comes = (): SQL | undefined =>
  and(isOnDays(appointments.dateTime), ne(appointments.status, 'cancelled'));

type Person = Awaited<ReturnType<typeof selectPeople>>[number];

function selectPeople(db: Ctx['db']) {
  const visits = db
    .select({
      therapistId: appointments.therapistId,
      patientId: appointments.patientId,
      first: min(appointments.dateTime).as('first'),
      visits: count().as('visits'),
    })
    .from(appointments)
    .where(comes())
    .groupBy(appointments.therapistId, appointments.patientId)
    .as('visits');
  return db
    .select({
      terapeuta_id: therapists.id,
      terapeuta: fullNameOf(therapists),
      paciente_id: patients.id,
      paciente: fullNameOf(patients),
      documento: patients.documentNumber,
      telefono: patients.phone,
      first: visits.first,
      citas: visits.visits,
    })
    .from(visits)
    .innerJoin(therapists, eq(therapists.id, visits.therapistId))
    .innerJoin(patients, eq(patients.id, visits.patientId))
    .orderBy(
      asc(therapists.paternalLastName),
      asc(therapists.firstName),
      asc(therapists.id),
      asc(visits.first),
      asc(patients.id),
    );
}

const peopleOn = statement<DayBounds, Person[]>(selectPeople);

async function patientsOf(ctx: Ctx, date: string) {
  const { timeZone } = ctx.services.config;
  const people = await peopleOn(ctx.db, dayBounds(ctx, { from: date, to: date }));
  return {
    total: new Set(people.map((row) => row.paciente_id)).size,
    citas: people.reduce((total, row) => total + row.citas, 0),
    rows: people.map(({ first, ...row }) => ({
      ...row,
      hora: first ? formatInstant(first, timeZone).slice(11, 16) : '',
    })),
  };
}

type Rows = Awaited<ReturnType<typeof patientsOf>>['rows'];

/** The rows of each therapist, in the order in which the therapists come. */
function byTherapist(rows: Rows) {
  const groups = Map.groupBy(rows, (row) => row.terapeuta_id);
  return [...groups].map(([terapeuta_id, people]) => ({
    terapeuta_id,
    terapeuta: people[0]?.terapeuta ?? '',
    cantidad_pacientes: people.length,
    pacientes: people.map(({ terapeuta_id: _, terapeuta: __, ...person }) => person),
  }));
}

export const patientsByTherapist = defineReport({
  type: 'pacientes-terapeuta',
  path: 'patients-by-therapist',
  title: { es: 'Pacientes por terapeuta', en: 'Patients by therapist' },
  about:
    'Who comes to whom on one day: the patients of each therapist with an appointment that is not cancelled, with the time of the first one. ' +
    '`total_pacientes` counts a patient of two therapists once.',
  parameters: OneDay,
  answer: Answer,
  period: onDay,
  facts: (ctx, { date }) => patientsOf(ctx, date),
  size: ({ rows }) => rows.length,
  details: (_, __, { rows, citas }) => ({
    title: { es: 'Pacientes', en: 'Patients' },
    columns: [
      { key: 'terapeuta', label: LABELS.therapist, type: 'text', width: 28 },
      { key: 'hora', label: LABELS.time, type: 'time' },
      { key: 'paciente', label: LABELS.patient, type: 'text', width: 30 },
      { key: 'documento', label: LABELS.document, type: 'text', width: 14 },
      { key: 'telefono', label: LABELS.phone, type: 'text', width: 18 },
      { key: 'citas', label: { es: 'Citas', en: 'Appointments' }, type: 'int' },
    ],
    rows: () => atOnce(rows),
    totals: { citas },
  }),
  summaries: ({ rows, total }) => [
    {
      title: { es: 'Resumen por terapeuta', en: 'By therapist' },
      columns: [
        { key: 'terapeuta', label: LABELS.therapist, type: 'text', width: 28 },
        { key: 'pacientes', label: { es: 'Pacientes', en: 'Patients' }, type: 'int', width: 10 },
      ],
      rows: byTherapist(rows).map(({ terapeuta, cantidad_pacientes }) => ({
        terapeuta,
        pacientes: cantidad_pacientes,
      })),
      totals: { pacientes: total },
    },
  ],
  json: ({ date }, { rows, total }) => ({
    fecha: date,
    terapeutas: byTherapist(rows),
    total_pacientes: total,
  }),
});
