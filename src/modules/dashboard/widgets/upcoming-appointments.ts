import * as v from 'valibot';
import { visible } from '../../../access/ownership.ts';
import { appointments } from '../../appointments/tables.ts';
import { AgendaItem, openAppointments } from '../agenda.ts';
import { defineWidget } from '../widget.ts';

const MOST = 10;

/** The next appointments that have not begun. */
export const upcomingAppointments = defineWidget({
  name: 'upcoming_appointments',
  permission: 'appointments:list',
  schema: v.array(AgendaItem),
  load: (ctx) => openAppointments(ctx, { from: ctx.now }, visible(ctx, appointments), MOST),
});
