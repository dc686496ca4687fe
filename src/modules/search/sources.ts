import type { Permission } from '../../access/enforcer.ts';
import type { Ctx } from '../../context.ts';
import { listAppointments } from '../appointments/list.ts';
import { listDiagnoses } from '../clinical/diagnoses.ts';
import { listPatients } from '../patients/patients.ts';
import { listTherapists } from '../therapists/therapists.ts';
import type { Type } from './schemas.ts';

/** A record that may be worth showing; `text` is what it is ranked by. */
export type Hit = { id: number; title: string; subtitle: string; url: string; text: string };

type Query = { search: string; page: 1; page_size: number };

/** A type of record: who may search it, and its own list, which keeps to what the caller may see. */
type Source = { permission: Permission; find: (ctx: Ctx, query: Query) => Promise<Hit[]> };

const line = (...parts: (string | null)[]) => parts.filter(Boolean).join(' · ');

export const SOURCES: Record<Type, Source> = {
  patients: {
    permission: 'patients:read',
    find: async (ctx, query) =>
      (await listPatients(ctx, query)).results.map((patient) => ({
        id: patient.id,
        title: patient.full_name,
        subtitle: line(`${patient.document_type} ${patient.document_number}`, patient.phone),
        url: `/api/patients/${patient.id}/`,
        text: `${patient.full_name} ${patient.document_number}`,
      })),
  },
  therapists: {
    permission: 'therapists:read',
    find: async (ctx, query) =>
      (await listTherapists(ctx, query)).results.map((therapist) => ({
        id: therapist.id,
        title: therapist.full_name,
        subtitle: line(...therapist.specialties.map(({ name }) => name)),
        url: `/api/therapists/${therapist.id}/`,
        text: therapist.full_name,
      })),
  },
  appointments: {
    permission: 'appointments:list',
    find: async (ctx, query) =>
      (await listAppointments(ctx, query)).results.map((appointment) => ({
        id: appointment.id,
        title: line(appointment.patient.full_name, appointment.date_time.slice(0, 16).replace('T', ' ')),
        subtitle: line(appointment.status_label, appointment.therapist.full_name),
        url: `/api/appointments/${appointment.id}/`,
        text: `${appointment.patient.full_name} ${appointment.patient.document_number}`,
      })),
  },
  diagnoses: {
    permission: 'diagnoses:read',
    find: async (ctx, query) =>
      (await listDiagnoses(ctx, query)).results.map(({ id, diagnosis_data: data, diagnosis_date: date }) => ({
        id,
        title: line(data.code, data.name),
        subtitle: date,
        url: `/api/diagnoses/${id}/`,
        text: `${data.code ?? ''} ${data.name}`,
      })),
  },
};
