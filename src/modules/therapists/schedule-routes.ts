import { Elysia } from 'elysia';
import type { Http } from '../../http/plugin.ts';
import { IdParams, Success } from '../../http/schemas.ts';
import { getSchedule, replaceSchedule } from './schedule.ts';
import {
  NewTimeOff,
  Schedule,
  ScheduleInput,
  TimeOff,
  TimeOffPage,
  TimeOffParams,
  TimeOffQuery,
} from './schedule-schemas.ts';
import { createTimeOff, listTimeOff, removeTimeOff } from './time-off.ts';

export const scheduleRoutes = (http: Http) =>
  new Elysia({ prefix: '/api/therapists/:id', tags: ['Therapists'] })
    .use(http)
    .get('/schedule/', ({ ctx, params }) => getSchedule(ctx, params.id), {
      permit: 'therapists:read',
      etag: true,
      params: IdParams,
      response: { 200: Schedule },
      detail: { summary: "A therapist's working week" },
    })
    .put('/schedule/', ({ ctx, params, body }) => replaceSchedule(ctx, params.id, body), {
      permit: 'schedules:write',
      etag: true,
      params: IdParams,
      body: ScheduleInput,
      response: { 200: Schedule },
      detail: { summary: "Replace a therapist's working week; an end at 24:00 or 00:00 is midnight" },
    })
    .get('/time-off/', ({ ctx, params, query }) => listTimeOff(ctx, params.id, query), {
      permit: 'time_off:read',
      params: IdParams,
      query: TimeOffQuery,
      response: { 200: TimeOffPage },
      detail: { summary: "A therapist's absences; the reason is shown to the therapist and the staff" },
    })
    .post(
      '/time-off/',
      async ({ ctx, params, body, status }) => status(201, await createTimeOff(ctx, params.id, body)),
      {
        permit: 'time_off:write',
        idempotent: true,
        params: IdParams,
        body: NewTimeOff,
        response: { 201: TimeOff },
        detail: { summary: 'Note an absence; what is booked in it stays' },
      },
    )
    .delete(
      '/time-off/:time_off_id/',
      ({ ctx, params }) => removeTimeOff(ctx, params.id, params.time_off_id),
      {
        permit: 'time_off:write',
        params: TimeOffParams,
        response: { 200: Success },
        detail: { summary: 'Take an absence back' },
      },
    );
