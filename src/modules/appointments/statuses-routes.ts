import { Elysia } from 'elysia';
import type { Http } from '../../http/plugin.ts';
import { IdParams, Success } from '../../http/schemas.ts';
import {
  changeStatusEntry,
  createStatusEntry,
  getStatusEntry,
  listStatuses,
  removeStatusEntry,
  restoreStatusEntry,
} from './statuses.ts';
import {
  NewStatusEntry,
  StatusEntry,
  StatusEntryChanges,
  StatusEntryPage,
  StatusEntryQuery,
} from './statuses-schemas.ts';

const one = { etag: true, params: IdParams, response: { 200: StatusEntry } } as const;

export const statusRoutes = (http: Http) =>
  new Elysia({ prefix: '/api/appointments/statuses', tags: ['Appointment statuses'] })
    .use(http)
    .get('/', ({ ctx, query }) => listStatuses(ctx, query), {
      permit: 'statuses:read',
      query: StatusEntryQuery,
      response: { 200: StatusEntryPage },
      detail: { summary: 'How each state of an appointment is shown' },
    })
    .post('/', async ({ ctx, body, status }) => status(201, await createStatusEntry(ctx, body)), {
      permit: 'statuses:write',
      idempotent: true,
      etag: true,
      body: NewStatusEntry,
      response: { 201: StatusEntry },
      detail: { summary: 'Show a state again that was deleted' },
    })
    .get('/:id/', ({ ctx, params }) => getStatusEntry(ctx, params.id), {
      permit: 'statuses:read',
      ...one,
      detail: { summary: 'One state' },
    })
    .put('/:id/', ({ ctx, params, body }) => changeStatusEntry(ctx, params.id, body), {
      permit: 'statuses:write',
      ...one,
      body: NewStatusEntry,
      detail: { summary: 'Replace how a state is shown' },
    })
    .patch('/:id/', ({ ctx, params, body }) => changeStatusEntry(ctx, params.id, body), {
      permit: 'statuses:write',
      ...one,
      body: StatusEntryChanges,
      detail: { summary: 'Change how a state is shown' },
    })
    .delete('/:id/', ({ ctx, params }) => removeStatusEntry(ctx, params.id), {
      permit: 'statuses:write',
      ...one,
      response: { 200: Success },
      detail: { summary: 'Take a state out of the catalogue; appointments in it keep their label' },
    })
    .post('/:id/restore/', ({ ctx, params }) => restoreStatusEntry(ctx, params.id), {
      permit: 'statuses:restore',
      ...one,
      detail: { summary: 'Take the deletion of a state back' },
    });
