import { type AppointmentFacts, factTable } from './appointment-facts.ts';
import { type Content, ended } from './content.ts';

/** To the patient: the appointment is booked. */
export function appointmentConfirmation(facts: AppointmentFacts): Content {
  const { language, clinic, when, therapist } = facts;
  const common = { language, facts: factTable(facts, 'therapist') };
  return language === 'es'
    ? {
        ...common,
        title: `Confirmación de su cita: ${when}`,
        lead: ended(`Su cita con ${therapist} está reservada para el ${when}`),
        closing: 'Si no puede venir, cancélela con anticipación: así otra persona podrá usar ese horario.',
        short: ended(`${clinic}: su cita está reservada para el ${when}`),
      }
    : {
        ...common,
        title: `Your appointment is booked: ${when}`,
        lead: ended(`Your appointment with ${therapist} is booked for ${when}`),
        closing: 'If you cannot come, please cancel early so that somebody else can have the time.',
        short: ended(`${clinic}: your appointment is booked for ${when}`),
      };
}
