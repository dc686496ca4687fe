import { Elysia } from 'elysia';
import type { Http } from '../../http/plugin.ts';
import { IdParams, Success } from '../../http/schemas.ts';
import {
  changeTreatment,
  createTreatment,
  getTreatment,
  listTreatments,
  removeTreatment,
  restoreTreatment,
} from './treatments.ts';
import {
  Treatment,
  TreatmentChanges,
  TreatmentPage,
  TreatmentQuery,
  NewTreatment,
} from './treatments-schemas.ts';

const one = {
  etag: true,
  emergency: 'treatment',
  params: IdParams,
  response: { 200: Treatment },
} as const;

export const treatmentRoutes = (http: Http) =>
  new Elysia({ prefix: '/api/treatments', tags: ['Treatments'] })
    .use(http)
    .get('/', ({ ctx, query }) => listTreatments(ctx, query), {
      permit: 'treatments:read',
      emergency: 'filter',
      query: TreatmentQuery,
      response: { 200: TreatmentPage },
      detail: { summary: 'Treatments of the patients the caller may see' },
    })
    .post('/', async ({ ctx, body, status }) => status(201, await createTreatment(ctx, body)), {
      permit: 'treatments:write',
      emergency: 'body',
      idempotent: true,
      etag: true,
      body: NewTreatment,
      response: { 201: Treatment },
      detail: { summary: 'Begin a treatment' },
    })
    .get('/:id/', ({ ctx, params }) => getTreatment(ctx, params.id), {
      permit: 'treatments:read',
      ...one,
      detail: { summary: 'One treatment' },
    })
    .put('/:id/', ({ ctx, params, body }) => changeTreatment(ctx, params.id, body), {
      permit: 'treatments:write',
      ...one,
      body: NewTreatment,
      detail: { summary: 'Replace a treatment; therapists their own' },
    })
    .patch('/:id/', ({ ctx, params, body }) => changeTreatment(ctx, params.id, body), {
      permit: 'treatments:write',
      ...one,
      body: TreatmentChanges,
      detail: { summary: 'Change a treatment: sessions done, its state, …; therapists their own' },
    })
    .delete('/:id/', ({ ctx, params }) => removeTreatment(ctx, params.id), {
      permit: 'treatments:write',
      ...one,
      response: { 200: Success },
      detail: { summary: 'Delete a treatment; therapists their own' },
    })
    .post('/:id/restore/', ({ ctx, params }) => restoreTreatment(ctx, params.id), {
      permit: 'treatments:restore',
      ...one,
      detail: { summary: 'Take the deletion of a treatment back' },
    });
