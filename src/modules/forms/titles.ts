import type { Text } from '../../errors.ts';

/** What a form is about, where what is done with it is one of {@link VERBS}. */
const NOUNS: Record<string, Text> = {
  users: { es: 'usuario', en: 'user' },
  'users-me': { es: 'mi perfil', en: 'my profile' },
  roles: { es: 'rol', en: 'role' },
  patients: { es: 'paciente', en: 'patient' },
  therapists: { es: 'terapeuta', en: 'therapist' },
  'therapists-schedule': { es: 'horario de atención', en: 'working hours' },
  'therapists-time-off': { es: 'ausencia', en: 'time off' },
  specialties: { es: 'especialidad', en: 'specialty' },
  holidays: { es: 'feriado', en: 'holiday' },
  appointments: { es: 'cita', en: 'appointment' },
  'appointments-status': { es: 'estado de la cita', en: 'status of the appointment' },
  'appointments-statuses': { es: 'estado de cita', en: 'appointment status' },
  rooms: { es: 'consultorio', en: 'room' },
  'appointments-tickets': { es: 'ticket', en: 'ticket' },
  'predetermined-prices': { es: 'precio', en: 'price' },
  'payment-types': { es: 'tipo de pago', en: 'payment type' },
  'document-types': { es: 'tipo de documento', en: 'document type' },
  diagnoses: { es: 'diagnóstico', en: 'diagnosis' },
  treatments: { es: 'tratamiento', en: 'treatment' },
  'history-templates': { es: 'plantilla de historia', en: 'history template' },
  'history-templates-fields': { es: 'campos de la plantilla', en: 'fields of the template' },
  'medical-histories': { es: 'historia clínica', en: 'medical history' },
  'notifications-preferences': { es: 'preferencias de notificación', en: 'notification preferences' },
  company: { es: 'datos de la clínica', en: 'data of the clinic' },
};

const VERBS: Record<string, Text> = {
  create: { es: 'Crear', en: 'Create' },
  replace: { es: 'Reemplazar', en: 'Replace' },
  update: { es: 'Modificar', en: 'Change' },
  delete: { es: 'Eliminar', en: 'Delete' },
};

/** The titles of forms that do something else. */
const TITLES: Record<string, Text> = {
  'reports-improved-daily-cash': { es: 'Caja chica', en: 'Daily cash' },
  'reports-daily-paid-tickets': { es: 'Tickets pagados', en: 'Paid tickets' },
  'reports-generate': { es: 'Generar un reporte', en: 'Generate a report' },
  'auth-login': { es: 'Iniciar sesión', en: 'Log in' },
  'auth-refresh': { es: 'Renovar la sesión', en: 'Renew the session' },
  'auth-register': { es: 'Crear una cuenta', en: 'Make an account' },
  'auth-password-change': { es: 'Cambiar la contraseña', en: 'Change the password' },
  'auth-password-forgot': { es: 'Recuperar la contraseña', en: 'Recover the password' },
  'auth-password-reset': { es: 'Elegir una contraseña nueva', en: 'Choose a new password' },
  'auth-2fa-setup': { es: 'Preparar la verificación en dos pasos', en: 'Set up two-factor login' },
  'auth-2fa-enable': { es: 'Activar la verificación en dos pasos', en: 'Turn two-factor login on' },
  'auth-2fa-disable': { es: 'Desactivar la verificación en dos pasos', en: 'Turn two-factor login off' },
  'users-me-photo': { es: 'Subir la foto de perfil', en: 'Upload the profile photo' },
  'permissions-assign': { es: 'Asignar permisos', en: 'Assign permissions' },
  'patients-anonymise': { es: 'Anonimizar al paciente', en: 'Anonymise the patient' },
  'patients-import': { es: 'Importar pacientes', en: 'Import patients' },
  'appointments-bulk-status': {
    es: 'Cambiar el estado de varias citas',
    en: 'Change the status of several appointments',
  },
  'appointments-status-update': {
    es: 'Cambiar el estado de la cita',
    en: 'Change the status of the appointment',
  },
  'appointments-tickets-pay': { es: 'Cobrar el ticket', en: 'Take the payment of the ticket' },
  'appointments-tickets-refund': { es: 'Devolver el pago', en: 'Refund the payment' },
  'company-logo': { es: 'Subir el logo', en: 'Upload the logo' },
  'notifications-push-subscriptions': {
    es: 'Recibir avisos en este dispositivo',
    en: 'Receive notifications on this device',
  },
  'notifications-push-subscriptions-delete': {
    es: 'No recibir más avisos en este dispositivo',
    en: 'Receive no more notifications on this device',
  },
};

/** The title of a form by its name; undefined when nobody has given it one. */
export function knownTitle(name: string): Text | undefined {
  const [, subject = '', verb = ''] = /^(.*)-(\w+)$/.exec(name) ?? [];
  const noun = NOUNS[subject];
  const does = VERBS[verb];
  return TITLES[name] ?? (noun && does && { es: `${does.es} ${noun.es}`, en: `${does.en} ${noun.en}` });
}

/** The title of a form by its name. */
export const titleOf = (name: string): Text => knownTitle(name) ?? { es: name, en: name };
