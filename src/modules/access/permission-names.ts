import type { Permission } from '../../access/enforcer.ts';
import type { Language, Text } from '../../errors.ts';

/** What people call the modules of policy.csv. */
const MODULES: Record<string, Text> = {
  account: { es: 'Cuenta propia', en: 'Own account' },
  agenda: { es: 'Agenda', en: 'Agenda' },
  appointments: { es: 'Citas', en: 'Appointments' },
  audit: { es: 'Auditoría', en: 'Audit' },
  calendar: { es: 'Calendario personal', en: 'Own calendar' },
  company: { es: 'Datos de la clínica', en: 'Company' },
  dashboard: { es: 'Tablero', en: 'Dashboard' },
  diagnoses: { es: 'Diagnósticos', en: 'Diagnoses' },
  diagnosis_codes: { es: 'Códigos CIE-10', en: 'ICD-10 codes' },
  document_types: { es: 'Tipos de documento', en: 'Document types' },
  exports: { es: 'Archivos de reportes', en: 'Report files' },
  geo: { es: 'Ubicaciones', en: 'Places' },
  history_templates: { es: 'Plantillas de historia', en: 'History templates' },
  holidays: { es: 'Feriados', en: 'Holidays' },
  jobs: { es: 'Trabajos en segundo plano', en: 'Background jobs' },
  medical_histories: { es: 'Historias clínicas', en: 'Medical histories' },
  notifications: { es: 'Notificaciones', en: 'Notifications' },
  patient_history: { es: 'Línea de tiempo del paciente', en: 'Patient timeline' },
  patients: { es: 'Pacientes', en: 'Patients' },
  payment_types: { es: 'Tipos de pago', en: 'Payment types' },
  permissions: { es: 'Permisos', en: 'Permissions' },
  prices: { es: 'Precios', en: 'Prices' },
  reports: { es: 'Reportes', en: 'Reports' },
  roles: { es: 'Roles', en: 'Roles' },
  rooms: { es: 'Consultorios', en: 'Rooms' },
  schedules: { es: 'Horarios', en: 'Schedules' },
  search: { es: 'Búsqueda', en: 'Search' },
  specialties: { es: 'Especialidades', en: 'Specialties' },
  statuses: { es: 'Estados de cita', en: 'Appointment statuses' },
  therapists: { es: 'Terapeutas', en: 'Therapists' },
  tickets: { es: 'Tickets', en: 'Tickets' },
  time_off: { es: 'Ausencias', en: 'Time off' },
  treatments: { es: 'Tratamientos', en: 'Treatments' },
  users: { es: 'Usuarios', en: 'Users' },
};

/** What people call the actions; most modules share them. */
const ACTIONS: Record<string, Text> = {
  anonymise: { es: 'anonimizar', en: 'anonymise' },
  assign: { es: 'asignar', en: 'assign' },
  cancel: { es: 'cancelar', en: 'cancel' },
  change_status: { es: 'cambiar estado', en: 'change status' },
  create: { es: 'crear', en: 'create' },
  delete: { es: 'eliminar', en: 'delete' },
  export: { es: 'exportar', en: 'export' },
  find_slots: { es: 'buscar horarios libres', en: 'find free slots' },
  import: { es: 'importar', en: 'import' },
  link: { es: 'vincular con una cuenta', en: 'link to an account' },
  list: { es: 'listar', en: 'list' },
  pay: { es: 'cobrar', en: 'take payment' },
  read: { es: 'ver', en: 'view' },
  refund: { es: 'devolver', en: 'refund' },
  retry: { es: 'reintentar', en: 'retry' },
  restore: { es: 'restaurar', en: 'restore' },
  treat: { es: 'atender', en: 'treat' },
  update: { es: 'modificar', en: 'update' },
  use: { es: 'usar', en: 'use' },
  write: { es: 'administrar', en: 'manage' },
};

/** A permission as people read it, `Citas: cancelar`; a word that nobody has named yet is shown as it is. */
export function permissionName(permission: Permission, language: Language): string {
  const [module = '', action = ''] = permission.split(':');
  return `${MODULES[module]?.[language] ?? module}: ${ACTIONS[action]?.[language] ?? action}`;
}
