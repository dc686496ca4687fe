import { Elysia } from 'elysia';
import * as v from 'valibot';
import type { Http } from '../../http/plugin.ts';
import { IdParams } from '../../http/schemas.ts';
import { book } from './book.ts';
import { calendarFile } from './calendar.ts';
import { cancel, changeStatus, changeStatuses } from './change-status.ts';
import { getAppointment } from './find.ts';
import { agenda, listAppointments } from './list.ts';
import { modify } from './modify.ts';
import {
  AgendaQuery,
  Appointment,
  AppointmentPage,
  AppointmentQuery,
  BookAppointment,
  BulkResult,
  BulkStatus,
  CancelQuery,
  ChangeStatus,
  ModifyAppointment,
  Slots,
  SlotsQuery,
} from './schemas.ts';
import { availableSlots } from './slots.ts';

export const appointmentRoutes = (http: Http) =>
  new Elysia({ prefix: '/api/appointments', tags: ['Appointments'] })
    .use(http)
    .get('/available/', ({ ctx, query }) => availableSlots(ctx, query), {
      permit: 'appointments:find_slots',
      query: SlotsQuery,
      response: { 200: Slots },
      detail: { summary: 'Free slots of the therapists within at most 31 days' },
    })
    .get('/', ({ ctx, query }) => listAppointments(ctx, query), {
      permit: 'appointments:list',
      query: AppointmentQuery,
      response: { 200: AppointmentPage },
      detail: { summary: 'Appointments the caller may see' },
    })
    .post('/', async ({ ctx, body, status }) => status(201, await book(ctx, body)), {
      permit: 'appointments:create',
      idempotent: true,
      etag: true,
      body: BookAppointment,
      response: { 201: Appointment },
      detail: { summary: 'Book an appointment; its ticket is issued with it' },
    })
    .post('/bulk-status/', ({ ctx, body }) => changeStatuses(ctx, body.ids, body.status), {
      permit: 'appointments:change_status',
      body: BulkStatus,
      response: { 200: BulkResult },
      detail: { summary: 'Change the state of up to 200 appointments, each judged alone' },
    })
    .get('/therapist/:id/', ({ ctx, params, query }) => agenda(ctx, params.id, query), {
      permit: 'agenda:read',
      params: IdParams,
      query: AgendaQuery,
      response: { 200: AppointmentPage },
      detail: { summary: "A therapist's agenda, ascending" },
    })
    .get('/:id/', ({ ctx, params }) => getAppointment(ctx, params.id), {
      permit: 'appointments:read',
      etag: true,
      params: IdParams,
      response: { 200: Appointment },
      detail: { summary: 'One appointment' },
    })
    .put('/:id/', ({ ctx, params, body }) => modify(ctx, params.id, body), {
      permit: 'appointments:update',
      etag: true,
      params: IdParams,
      body: ModifyAppointment,
      response: { 200: Appointment },
      detail: { summary: 'Modify or move an appointment; the patient stays' },
    })
    .delete('/:id/', ({ ctx, params, query }) => cancel(ctx, params.id, query.reason), {
      permit: 'appointments:cancel',
      etag: true,
      params: IdParams,
      query: CancelQuery,
      response: { 200: Appointment },
      detail: { summary: 'Cancel an appointment' },
    })
    .patch('/:id/status/', ({ ctx, params, body }) => changeStatus(ctx, params.id, body), {
      permit: 'appointments:change_status',
      etag: true,
      params: IdParams,
      body: ChangeStatus,
      response: { 200: Appointment },
      detail: { summary: 'Move an appointment to another state' },
    })
    .get(
      '/:id/calendar.ics',
      async ({ ctx, params, set }) => {
        set.headers['content-type'] = 'text/calendar; charset=utf-8';
        set.headers['content-disposition'] = `attachment; filename="cita-${params.id}.ics"`;
        return calendarFile(ctx, params.id);
      },
      {
        permit: 'appointments:read',
        params: IdParams,
        response: { 200: v.string() },
        detail: { summary: 'The appointment as an iCalendar file' },
      },
    );
