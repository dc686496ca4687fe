import { Elysia } from 'elysia';
import { inOutage } from '../../access/outage.ts';
import type { Http } from '../../http/plugin.ts';
import { sse, streamAnswer } from '../../http/sse.ts';
import { readDashboard, refreshDashboard } from './read.ts';
import { Dashboard, WidgetsQuery } from './schemas.ts';
import { dashboardEvents } from './stream.ts';

export const dashboardRoutes = (http: Http) =>
  new Elysia({ prefix: '/api/dashboard', tags: ['Dashboard'] })
    .use(http)
    .get('/', ({ ctx }) => readDashboard(ctx), {
      permit: inOutage('dashboard:read'),
      response: { 200: Dashboard },
      detail: { summary: 'The widgets of the own role; the last good ones when the database is away' },
    })
    .get('/refresh/', ({ ctx }) => refreshDashboard(ctx), {
      permit: inOutage('dashboard:read'),
      response: { 200: Dashboard },
      detail: { summary: 'The same, read anew' },
    })
    .get('/widgets/', ({ ctx, query }) => readDashboard(ctx, { names: query.widget_types }), {
      permit: inOutage('dashboard:read'),
      query: WidgetsQuery,
      response: { 200: Dashboard },
      detail: { summary: 'Some of them' },
    })
    .get(
      '/stream/',
      ({ ctx, request }) => sse(ctx, request, (_, { signal }) => dashboardEvents(ctx, signal)),
      {
        permit: 'dashboard:read',
        detail: {
          summary: 'The dashboard, again whenever it changes',
          responses: streamAnswer('Server-sent events `dashboard`, each with a whole dashboard'),
        },
      },
    );
