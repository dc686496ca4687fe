import type * as v from 'valibot';
import type { appointmentsByStatus } from '../../../modules/dashboard/widgets/appointments-by-status.ts';
import type { appointmentsToday } from '../../../modules/dashboard/widgets/appointments-today.ts';
import type { myAgenda } from '../../../modules/dashboard/widgets/my-agenda.ts';
import type { newPatients } from '../../../modules/dashboard/widgets/new-patients.ts';
import type { noShowRate } from '../../../modules/dashboard/widgets/no-show-rate.ts';
import type { occupancy } from '../../../modules/dashboard/widgets/occupancy.ts';
import type { pendingTickets } from '../../../modules/dashboard/widgets/pending-tickets.ts';
import type { revenueByMethod } from '../../../modules/dashboard/widgets/revenue-by-method.ts';
import type { revenueToday } from '../../../modules/dashboard/widgets/revenue-today.ts';
import type { therapistLoad } from '../../../modules/dashboard/widgets/therapist-load.ts';
import type { upcomingAppointments } from '../../../modules/dashboard/widgets/upcoming-appointments.ts';

type DataOf<Widget extends { schema: v.GenericSchema }> = v.InferOutput<Widget['schema']>;

/** What each widget of the dashboard holds. */
export type WidgetData = {
  appointments_today: DataOf<typeof appointmentsToday>;
  my_agenda: DataOf<typeof myAgenda>;
  upcoming_appointments: DataOf<typeof upcomingAppointments>;
  revenue_today: DataOf<typeof revenueToday>;
  revenue_by_method: DataOf<typeof revenueByMethod>;
  pending_tickets: DataOf<typeof pendingTickets>;
  therapist_load: DataOf<typeof therapistLoad>;
  occupancy: DataOf<typeof occupancy>;
  no_show_rate: DataOf<typeof noShowRate>;
  appointments_by_status: DataOf<typeof appointmentsByStatus>;
  new_patients: DataOf<typeof newPatients>;
};

export type WidgetName = keyof WidgetData;

/** The answer of `/api/dashboard/`: the widgets of the caller's role. */
export type DashboardData = {
  generated_at: string;
  cached: boolean;
  age_seconds: number;
  widgets: Partial<WidgetData>;
};
