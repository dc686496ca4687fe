import { Elysia } from 'elysia';
import type { Http } from '../../http/plugin.ts';
import { IdParams } from '../../http/schemas.ts';
import { timeline } from './timeline.ts';
import { Timeline, TimelineQuery } from './timeline-schemas.ts';

export const timelineRoutes = (http: Http) =>
  new Elysia({ prefix: '/api/patients', tags: ['Patients'] })
    .use(http)
    .get('/:id/history/', ({ ctx, params, query }) => timeline(ctx, params.id, query), {
      permit: 'patient_history:read',
      emergency: 'path',
      params: IdParams,
      query: TimelineQuery,
      response: { 200: Timeline },
      detail: { summary: 'Appointments, diagnoses, treatments and medical histories, newest first' },
    });
