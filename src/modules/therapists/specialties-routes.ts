import { Elysia } from 'elysia';
import type { Http } from '../../http/plugin.ts';
import { IdParams, Success } from '../../http/schemas.ts';
import {
  changeSpecialty,
  createSpecialty,
  getSpecialty,
  listSpecialties,
  removeSpecialty,
  restoreSpecialty,
} from './specialties.ts';
import {
  NewSpecialty,
  Specialty,
  SpecialtyChanges,
  SpecialtyPage,
  SpecialtyQuery,
} from './specialties-schemas.ts';

const one = { etag: true, params: IdParams, response: { 200: Specialty } } as const;

export const specialtyRoutes = (http: Http) =>
  new Elysia({ prefix: '/api/specialties', tags: ['Specialties'] })
    .use(http)
    .get('/', ({ ctx, query }) => listSpecialties(ctx, query), {
      permit: 'specialties:read',
      query: SpecialtyQuery,
      response: { 200: SpecialtyPage },
      detail: { summary: 'What the clinic offers' },
    })
    .post('/', async ({ ctx, body, status }) => status(201, await createSpecialty(ctx, body)), {
      permit: 'specialties:write',
      idempotent: true,
      etag: true,
      body: NewSpecialty,
      response: { 201: Specialty },
      detail: { summary: 'Add a specialty' },
    })
    .get('/:id/', ({ ctx, params }) => getSpecialty(ctx, params.id), {
      permit: 'specialties:read',
      ...one,
      detail: { summary: 'One specialty' },
    })
    .put('/:id/', ({ ctx, params, body }) => changeSpecialty(ctx, params.id, body), {
      permit: 'specialties:write',
      ...one,
      body: NewSpecialty,
      detail: { summary: 'Replace a specialty' },
    })
    .patch('/:id/', ({ ctx, params, body }) => changeSpecialty(ctx, params.id, body), {
      permit: 'specialties:write',
      ...one,
      body: SpecialtyChanges,
      detail: { summary: 'Change a specialty' },
    })
    .delete('/:id/', ({ ctx, params }) => removeSpecialty(ctx, params.id), {
      permit: 'specialties:write',
      ...one,
      response: { 200: Success },
      detail: { summary: 'Delete a specialty; therapists lose it until it is restored' },
    })
    .post('/:id/restore/', ({ ctx, params }) => restoreSpecialty(ctx, params.id), {
      permit: 'specialties:restore',
      ...one,
      detail: { summary: 'Take the deletion of a specialty back' },
    });
