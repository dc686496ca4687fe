import { Elysia } from 'elysia';
import type { Http } from '../../../http/plugin.ts';
import { appointmentStatistics } from './appointments.ts';
import { SeriesQuery } from './parameters.ts';
import { patientStatistics } from './patients.ts';
import { revenueStatistics } from './revenue.ts';
import { AppointmentStatistics, PatientStatistics, RevenueStatistics } from './schemas.ts';

export const statisticsRoutes = (http: Http) =>
  new Elysia({ prefix: '/api/reports/statistics', tags: ['Reports'] })
    .use(http)
    .get('/appointments/', ({ ctx, query }) => appointmentStatistics(ctx, query), {
      permit: 'reports:read',
      query: SeriesQuery,
      response: { 200: AppointmentStatistics },
      detail: { summary: 'Appointments by state, no-shows and occupancy, by day, week or month' },
    })
    .get('/patients/', ({ ctx, query }) => patientStatistics(ctx, query), {
      permit: 'reports:read',
      query: SeriesQuery,
      response: { 200: PatientStatistics },
      detail: { summary: 'New and returning patients, by age and region' },
    })
    .get('/revenue/', ({ ctx, query }) => revenueStatistics(ctx, query), {
      permit: 'reports:read',
      query: SeriesQuery,
      response: { 200: RevenueStatistics },
      detail: { summary: 'Money taken and given back, by day, week or month, method and therapist' },
    });
