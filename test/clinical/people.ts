import { appointments } from '../../src/modules/appointments/tables.ts';
import type { Client, TestApp } from '../harness.ts';

/** Gives the therapist an appointment with the patient, which makes the patient the therapist's from then on. */
export async function assign(app: TestApp, therapistId: number, patientId: number): Promise<void> {
  const dateTime = Temporal.Now.instant().subtract({ hours: 24 });
  await app.services.db.insert(appointments).values({
    therapistId,
    patientId,
    dateTime,
    endsAt: dateTime.add({ hours: 1 }),
    duration: 60,
    price: '50.00',
    appointmentType: 'Masoterapia',
    reason: 'Dolor lumbar',
    status: 'completed',
  });
}

/** A patient with an account, a therapist who treats them, another therapist, and an administrator. */
export async function clinicPeople(app: TestApp) {
  const [patient, therapist, stranger, admin] = await Promise.all([
    app.as('patient'),
    app.as('therapist'),
    app.as('therapist'),
    app.as('administrator'),
  ]);
  await assign(app, therapist.therapistId, patient.patientId);
  return { patient, therapist, stranger, admin };
}

/** What nobody but patient, therapist and administrators may read. */
export const SECRET = 'Dolor punzante desde el divorcio';

export const diagnosisOf = (patient: Client, more: Record<string, unknown> = {}) => ({
  patient_id: patient.patientId,
  diagnosis_data: { code: 'm545', name: 'Lumbago', symptoms: SECRET },
  treatment_plan: 'Diez sesiones de masoterapia',
  ...more,
});
