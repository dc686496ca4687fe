import { type AppointmentFacts, factTable } from './appointment-facts.ts';
import { type Content, ended } from './content.ts';

/** To the patient: the appointment is booked. */
export function appointmentConfirmation(facts: AppointmentFacts): Content {
  const { language, clinic, when, therapist } = facts;
  const common = { language, facts: factTable(facts, 'therapist') };
  return language === 'es'
    ? {
        ...common,
        subject: `Confirmación de su cita: ${when}`,
        title: 'Confirmación de su cita',
        lead: ended(`Su cita con ${therapist} está reservada para el ${when}`),
        closing: 'Si no puede venir, cancélela con anticipación: así otra persona podrá usar ese horario.',
        short: ended(`${clinic}: su cita está reservada para el ${when}`),
      }
    : {
        ...common,
        subject: `Your appointment is booked: ${when}`,
        title: 'Your appointment is booked',
        lead: ended(`Your appointment with ${therapist} is booked for ${when}`),
        closing: 'If you cannot come, please cancel early so that somebody else can have the time.',
        short: ended(`${clinic}: your appointment is booked for ${when}`),
      };
}
