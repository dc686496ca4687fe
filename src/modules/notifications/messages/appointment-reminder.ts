import { type AppointmentFacts, factTable } from './appointment-facts.ts';
import { type Content, ended } from './content.ts';

/** To the patient: the appointment is near. */
export function appointmentReminder(facts: AppointmentFacts): Content {
  const { language, clinic, when, therapist } = facts;
  const common = { language, facts: factTable(facts, 'therapist') };
  return language === 'es'
    ? {
        ...common,
        subject: `Recordatorio de su cita: ${when}`,
        title: 'Recordatorio de su cita',
        lead: ended(`Le esperamos para su cita con ${therapist}, el ${when}`),
        closing: 'Si no puede venir, avísenos cuanto antes: así otra persona podrá usar ese horario.',
        short: ended(`${clinic}: le recordamos su cita, ${when}`),
      }
    : {
        ...common,
        subject: `Reminder of your appointment: ${when}`,
        title: 'Reminder of your appointment',
        lead: ended(`We look forward to seeing you at your appointment with ${therapist}, ${when}`),
        closing:
          'If you cannot come, please tell us as soon as you can so that somebody else can have the time.',
        short: ended(`${clinic}: a reminder of your appointment, ${when}`),
      };
}
