import type { Config } from '../../../config.ts';
import type { Language } from '../../../errors.ts';
import type { NotedAppointment } from '../appointment-notice.ts';
import { type Content, inWords, oneLine } from './content.ts';

/** An appointment as the texts name it. Its reason and notes stay in the clinic. */
export type AppointmentFacts = {
  language: Language;
  clinic: string;
  when: string;
  minutes: number;
  patient: string;
  therapist: string;
  type: string | null;
  room: string | null;
};

export const appointmentFacts = (
  { timeZone, clinicName }: Pick<Config, 'timeZone'> & { clinicName: string },
  row: NotedAppointment,
  language: Language,
): AppointmentFacts => ({
  language,
  clinic: oneLine(clinicName),
  when: inWords(row.dateTime, timeZone, language),
  minutes: row.duration,
  patient: oneLine(row.patientName),
  therapist: oneLine(row.therapistName),
  type: row.appointmentType && oneLine(row.appointmentType),
  room: row.room && oneLine(row.room),
});

const LABELS = {
  es: {
    when: 'Fecha y hora',
    minutes: 'Duración',
    type: 'Tipo de cita',
    patient: 'Paciente',
    therapist: 'Terapeuta',
    room: 'Consultorio',
  },
  en: {
    when: 'Date and time',
    minutes: 'Duration',
    type: 'Type of appointment',
    patient: 'Patient',
    therapist: 'Therapist',
    room: 'Room',
  },
} satisfies Record<Language, Record<string, string>>;

/** The table of a message: the other party by name, and what is known of time and place. */
export function factTable(facts: AppointmentFacts, other: 'patient' | 'therapist'): Content['facts'] {
  const labels = LABELS[facts.language];
  const rows: [string, string | null][] = [
    [labels.when, facts.when],
    [labels.minutes, `${facts.minutes} min`],
    [labels.type, facts.type],
    [labels[other], facts[other]],
    [labels.room, facts.room],
  ];
  return rows.flatMap(([label, value]) => (value ? [[label, value] as const] : []));
}
