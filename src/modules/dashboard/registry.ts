import type { Widget } from './widget.ts';
import { appointmentsByStatus } from './widgets/appointments-by-status.ts';
import { appointmentsToday } from './widgets/appointments-today.ts';
import { myAgenda } from './widgets/my-agenda.ts';
import { newPatients } from './widgets/new-patients.ts';
import { noShowRate } from './widgets/no-show-rate.ts';
import { occupancy } from './widgets/occupancy.ts';
import { pendingTickets } from './widgets/pending-tickets.ts';
import { revenueByMethod } from './widgets/revenue-by-method.ts';
import { revenueToday } from './widgets/revenue-today.ts';
import { therapistLoad } from './widgets/therapist-load.ts';
import { upcomingAppointments } from './widgets/upcoming-appointments.ts';

/** Every widget, in the order of the dashboard; one line per widget. */
export const WIDGETS: readonly Widget[] = [
  appointmentsToday,
  upcomingAppointments,
  myAgenda,
  revenueToday,
  revenueByMethod,
  appointmentsByStatus,
  therapistLoad,
  newPatients,
  noShowRate,
  occupancy,
  pendingTickets,
];
