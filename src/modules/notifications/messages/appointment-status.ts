import type { Text } from '../../../errors.ts';
import type { Status } from '../../appointments/status.ts';
import { type AppointmentFacts, factTable } from './appointment-facts.ts';
import { type Content, ended } from './content.ts';

type Change = { title: Text; sentence: Text };

const MOVED: Change = {
  title: { es: 'Su cita ha cambiado', en: 'Your appointment has changed' },
  sentence: {
    es: 'Su cita ha cambiado; estos son los datos que valen ahora.',
    en: 'Your appointment has changed; these are the details that hold now.',
  },
};

const ENTERED: Record<Status, Change> = {
  pending: {
    title: { es: 'Su cita está por confirmar', en: 'Your appointment awaits confirmation' },
    sentence: {
      es: 'Su cita está por confirmar; le avisaremos.',
      en: 'Your appointment awaits confirmation; we will let you know.',
    },
  },
  confirmed: {
    title: { es: 'Su cita está confirmada', en: 'Your appointment is confirmed' },
    sentence: {
      es: 'El centro ha confirmado su cita. Le esperamos.',
      en: 'The clinic has confirmed your appointment. We look forward to seeing you.',
    },
  },
  in_progress: {
    title: { es: 'Su sesión ha comenzado', en: 'Your session has begun' },
    sentence: { es: 'Su sesión ha comenzado.', en: 'Your session has begun.' },
  },
  completed: {
    title: { es: 'Su sesión ha terminado', en: 'Your session is complete' },
    sentence: {
      es: 'Su sesión ha terminado. Gracias por su visita.',
      en: 'Your session is complete. Thank you for coming.',
    },
  },
  cancelled: {
    title: { es: 'Su cita está cancelada', en: 'Your appointment is cancelled' },
    sentence: { es: 'Su cita está cancelada.', en: 'Your appointment is cancelled.' },
  },
  no_show: {
    title: { es: 'No pudimos atenderle', en: 'We missed you' },
    sentence: {
      es: 'No le vimos en su cita. Si desea otra, resérvela cuando guste.',
      en: 'We did not see you at your appointment. You are welcome to book another.',
    },
  },
};

/** To the patient: the appointment entered another state, or another time (no status). */
export function appointmentStatus(facts: AppointmentFacts, status: Status | undefined): Content {
  const { language, clinic, when } = facts;
  const { title, sentence } = status === undefined ? MOVED : ENTERED[status];
  const closing: Text = {
    es: 'Si tiene alguna pregunta, comuníquese con el centro.',
    en: 'If you have any question, please contact the clinic.',
  };
  const date: Text = { es: ended(`Cita: ${when}`), en: ended(`Appointment: ${when}`) };
  return {
    language,
    subject: `${title[language]}: ${when}`,
    title: title[language],
    lead: sentence[language],
    facts: factTable(facts, 'therapist'),
    closing: closing[language],
    short: `${clinic}: ${sentence[language]} ${date[language]}`,
  };
}
