import { Elysia } from 'elysia';
import type { Http } from '../../http/plugin.ts';
import { IdParams, Success } from '../../http/schemas.ts';
import {
  changeHistory,
  createHistory,
  getHistory,
  listHistories,
  removeHistory,
  restoreHistory,
} from './histories.ts';
import {
  History,
  HistoryChanges,
  HistoryPage,
  HistoryQuery,
  HistoryInput,
  NewHistory,
} from './histories-schemas.ts';

const one = {
  etag: true,
  emergency: 'history',
  params: IdParams,
  response: { 200: History },
} as const;

export const historyRoutes = (http: Http) =>
  new Elysia({ prefix: '/api/medical-histories', tags: ['Medical histories'] })
    .use(http)
    .get('/', ({ ctx, query }) => listHistories(ctx, query), {
      permit: 'medical_histories:read',
      emergency: 'filter',
      query: HistoryQuery,
      response: { 200: HistoryPage },
      detail: { summary: 'Medical histories of the patients the caller may see' },
    })
    .post('/', async ({ ctx, body, status }) => status(201, await createHistory(ctx, body)), {
      permit: 'medical_histories:write',
      emergency: 'body',
      idempotent: true,
      etag: true,
      body: NewHistory,
      response: { 201: History },
      detail: { summary: 'Write a medical history: one a day for a patient and template' },
    })
    .get('/:id/', ({ ctx, params }) => getHistory(ctx, params.id), {
      permit: 'medical_histories:read',
      ...one,
      detail: { summary: 'One medical history' },
    })
    .put('/:id/', ({ ctx, params, body }) => changeHistory(ctx, params.id, body), {
      permit: 'medical_histories:write',
      ...one,
      body: HistoryInput,
      detail: { summary: 'Replace a medical history; therapists their own' },
    })
    .patch('/:id/', ({ ctx, params, body }) => changeHistory(ctx, params.id, body), {
      permit: 'medical_histories:write',
      ...one,
      body: HistoryChanges,
      detail: { summary: 'Change a medical history; therapists their own' },
    })
    .delete('/:id/', ({ ctx, params }) => removeHistory(ctx, params.id), {
      permit: 'medical_histories:write',
      ...one,
      response: { 200: Success },
      detail: { summary: 'Delete a medical history; therapists their own' },
    })
    .post('/:id/restore/', ({ ctx, params }) => restoreHistory(ctx, params.id), {
      permit: 'medical_histories:restore',
      ...one,
      detail: { summary: 'Take the deletion of a medical history back' },
    });
