import { type AppointmentFacts, factTable } from './appointment-facts.ts';
import { type Content, ended } from './content.ts';

/** To the patient: the appointment will not take place. */
export function cancellationToPatient(facts: AppointmentFacts): Content {
  const { language, clinic, when, therapist } = facts;
  const common = { language, facts: factTable(facts, 'therapist') };
  return language === 'es'
    ? {
        ...common,
        subject: `Su cita fue cancelada: ${when}`,
        title: 'Su cita fue cancelada',
        lead: `Su cita con ${therapist} del ${when} fue cancelada.`,
        closing: 'Si desea otra cita, resérvela cuando guste.',
        short: `${clinic}: su cita del ${when} fue cancelada.`,
      }
    : {
        ...common,
        subject: `Your appointment was cancelled: ${when}`,
        title: 'Your appointment was cancelled',
        lead: `Your appointment with ${therapist} on ${when} was cancelled.`,
        closing: 'You are welcome to book another one.',
        short: `${clinic}: your appointment on ${when} was cancelled.`,
      };
}

/** To the therapist: the time is free again. */
export function cancellationToTherapist(facts: AppointmentFacts): Content {
  const { language, clinic, when, patient } = facts;
  const common = { language, facts: factTable(facts, 'patient') };
  return language === 'es'
    ? {
        ...common,
        subject: `Cita cancelada: ${when}`,
        title: 'Cita cancelada',
        lead: `La cita con ${patient} del ${when} fue cancelada.`,
        closing: 'El horario vuelve a estar libre.',
        short: ended(`${clinic}: se canceló una cita suya, ${when}`),
      }
    : {
        ...common,
        subject: `Appointment cancelled: ${when}`,
        title: 'Appointment cancelled',
        lead: `The appointment with ${patient} on ${when} was cancelled.`,
        closing: 'The time is free again.',
        short: ended(`${clinic}: one of your appointments was cancelled, ${when}`),
      };
}
