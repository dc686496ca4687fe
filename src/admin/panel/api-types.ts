import type * as v from 'valibot';
import type {
  Appointment as AppointmentSchema,
  Slots as SlotsSchema,
} from '../../modules/appointments/schemas.ts';
import type { StatusEntry as StatusSchema } from '../../modules/appointments/statuses-schemas.ts';
import type { UserInfo as UserSchema } from '../../modules/auth/schemas.ts';
import type { Patient as PatientSchema } from '../../modules/patients/schemas.ts';
import type {
  Catalogue,
  ReportTables as TablesSchema,
  Run as RunSchema,
} from '../../modules/reports/schemas.ts';
import type { JobsPage as JobsSchema } from '../../modules/jobs/schemas.ts';

/** The API's answers, typed by the schemas that it answers by. */
export type Appointment = v.InferOutput<typeof AppointmentSchema>;
export type Slot = v.InferOutput<typeof SlotsSchema>['slots'][number];
export type StatusEntry = v.InferOutput<typeof StatusSchema>;
export type User = v.InferOutput<typeof UserSchema>;
export type Patient = v.InferOutput<typeof PatientSchema>;
export type ReportEntry = v.InferOutput<typeof Catalogue>['reports'][number];
export type ReportTables = v.InferOutput<typeof TablesSchema>;
export type ReportTable = ReportTables['tables'][number];
export type Run = v.InferOutput<typeof RunSchema>;
export type Jobs = v.InferOutput<typeof JobsSchema>;
export type { Field } from '../../http/form.ts';
export type { Permission } from '../../access/enforcer.ts';
