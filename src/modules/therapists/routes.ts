import { Elysia } from 'elysia';
import type { Http } from '../../http/plugin.ts';
import { IdParams, Success } from '../../http/schemas.ts';
import {
  changeTherapist,
  createTherapist,
  getTherapist,
  listTherapists,
  removeTherapist,
  restoreTherapist,
} from './therapists.ts';
import { NewTherapist, Therapist, TherapistChanges, TherapistPage, TherapistQuery } from './schemas.ts';

const one = { etag: true, params: IdParams, response: { 200: Therapist } } as const;

export const therapistRoutes = (http: Http) =>
  new Elysia({ prefix: '/api/therapists', tags: ['Therapists'] })
    .use(http)
    .get('/', ({ ctx, query }) => listTherapists(ctx, query), {
      permit: 'therapists:read',
      query: TherapistQuery,
      response: { 200: TherapistPage },
      detail: { summary: 'Therapists' },
    })
    .post('/', async ({ ctx, body, status }) => status(201, await createTherapist(ctx, body)), {
      permit: 'therapists:write',
      idempotent: true,
      etag: true,
      body: NewTherapist,
      response: { 201: Therapist },
      detail: { summary: 'Register a therapist' },
    })
    .get('/:id/', ({ ctx, params }) => getTherapist(ctx, params.id), {
      permit: 'therapists:read',
      ...one,
      detail: { summary: 'One therapist' },
    })
    .put('/:id/', ({ ctx, params, body }) => changeTherapist(ctx, params.id, body), {
      permit: 'therapists:write',
      ...one,
      body: NewTherapist,
      detail: { summary: 'Replace the data of a therapist' },
    })
    .patch('/:id/', ({ ctx, params, body }) => changeTherapist(ctx, params.id, body), {
      permit: 'therapists:write',
      ...one,
      body: TherapistChanges,
      detail: { summary: 'Change some data of a therapist' },
    })
    .delete('/:id/', ({ ctx, params }) => removeTherapist(ctx, params.id), {
      permit: 'therapists:write',
      ...one,
      response: { 200: Success },
      detail: { summary: 'Delete a therapist; past appointments keep the name' },
    })
    .post('/:id/restore/', ({ ctx, params }) => restoreTherapist(ctx, params.id), {
      permit: 'therapists:restore',
      ...one,
      detail: { summary: 'Take the deletion of a therapist back' },
    });
