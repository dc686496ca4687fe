import * as v from 'valibot';
import { visible } from '../../../access/ownership.ts';
import { endOfDay, localDay, startOfDay } from '../../../time.ts';
import { appointments } from '../../appointments/tables.ts';
import { AgendaItem, openAppointments } from '../agenda.ts';
import { defineWidget } from '../widget.ts';

const MOST = 50;

/** What a therapist still has today. */
export const myAgenda = defineWidget({
  name: 'my_agenda',
  permission: 'agenda:read',
  ofTherapist: true,
  schema: v.array(AgendaItem),
  load: (ctx) => {
    const { timeZone } = ctx.services.config;
    const today = localDay(ctx.now, timeZone);
    const span = { from: startOfDay(today, timeZone), to: endOfDay(today, timeZone) };
    return openAppointments(ctx, span, visible(ctx, appointments), MOST);
  },
});
