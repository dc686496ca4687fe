import { Elysia } from 'elysia';
import type { Http } from '../../http/plugin.ts';
import { IdParams, Success } from '../../http/schemas.ts';
import {
  changePatient,
  createPatient,
  getPatient,
  listPatients,
  removePatient,
  restorePatient,
} from './patients.ts';
import { NewPatient, Patient, PatientChanges, PatientPage, PatientQuery } from './schemas.ts';

const one = { etag: true, params: IdParams, response: { 200: Patient } } as const;

export const patientRoutes = (http: Http) =>
  new Elysia({ prefix: '/api/patients', tags: ['Patients'] })
    .use(http)
    .get('/', ({ ctx, query }) => listPatients(ctx, query), {
      permit: 'patients:read',
      query: PatientQuery,
      response: { 200: PatientPage },
      detail: { summary: 'Patients the caller may see' },
    })
    .post('/', async ({ ctx, body, status }) => status(201, await createPatient(ctx, body)), {
      permit: 'patients:create',
      idempotent: true,
      etag: true,
      body: NewPatient,
      response: { 201: Patient },
      detail: { summary: 'Register a patient' },
    })
    .get('/:id/', ({ ctx, params }) => getPatient(ctx, params.id), {
      permit: 'patients:read',
      ...one,
      detail: { summary: 'One patient' },
    })
    .put('/:id/', ({ ctx, params, body }) => changePatient(ctx, params.id, body), {
      permit: 'patients:update',
      ...one,
      body: NewPatient,
      detail: { summary: 'Replace the data of a patient' },
    })
    .patch('/:id/', ({ ctx, params, body }) => changePatient(ctx, params.id, body), {
      permit: 'patients:update',
      ...one,
      body: PatientChanges,
      detail: { summary: 'Change some data of a patient; patients change how to reach them' },
    })
    .delete('/:id/', ({ ctx, params }) => removePatient(ctx, params.id), {
      permit: 'patients:delete',
      ...one,
      response: { 200: Success },
      detail: { summary: 'Delete a patient; past appointments keep the name' },
    })
    .post('/:id/restore/', ({ ctx, params }) => restorePatient(ctx, params.id), {
      permit: 'patients:restore',
      ...one,
      detail: { summary: 'Take the deletion of a patient back' },
    });
