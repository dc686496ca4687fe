import { Elysia } from 'elysia';
import type { Http } from '../../http/plugin.ts';
import { IdParams, Success } from '../../http/schemas.ts';
import { anonymisePatient } from './anonymise.ts';
import { findDuplicates } from './duplicates.ts';
import { exportPatient } from './export-patient.ts';
import {
  changePatient,
  createPatient,
  getPatient,
  listPatients,
  removePatient,
  restorePatient,
} from './patients.ts';
import {
  Anonymisation,
  DuplicateQuery,
  Duplicates,
  NewPatient,
  NewPatientQuery,
  Patient,
  PatientChanges,
  PatientData,
  PatientPage,
  PatientQuery,
} from './schemas.ts';

const one = { etag: true, emergency: 'path', params: IdParams, response: { 200: Patient } } as const;

export const patientRoutes = (http: Http) =>
  new Elysia({ prefix: '/api/patients', tags: ['Patients'] })
    .use(http)
    .get('/', ({ ctx, query }) => listPatients(ctx, query), {
      permit: 'patients:read',
      emergency: 'filter',
      query: PatientQuery,
      response: { 200: PatientPage },
      detail: { summary: 'Patients the caller may see' },
    })
    .post('/', async ({ ctx, body, query, status }) => status(201, await createPatient(ctx, body, query)), {
      permit: 'patients:create',
      idempotent: true,
      etag: true,
      query: NewPatientQuery,
      body: NewPatient,
      response: { 201: Patient },
      detail: {
        summary: 'Register a patient',
        description:
          'A document that is registered is refused with 409. The name and birth date of another patient (accents and ' +
          'case aside) are refused with rule `possible_duplicate`; `details.possible_duplicates` lists the patients ' +
          'meant, as far as the caller may see them. `?confirm_duplicate=true` registers all the same.',
      },
    })
    .get('/duplicates/', ({ ctx, query }) => findDuplicates(ctx, query), {
      permit: 'patients:create',
      query: DuplicateQuery,
      response: { 200: Duplicates },
      detail: {
        summary: 'Patients who may be the person about to be registered: to ask while typing',
        description: 'By document, or by first and paternal last name with the birth date. At most ten.',
      },
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
      detail: {
        summary: 'Delete a patient; past appointments keep the name',
        description: 'Refused with rule `has_upcoming_appointments` while there are any.',
      },
    })
    .post('/:id/restore/', ({ ctx, params }) => restorePatient(ctx, params.id), {
      permit: 'patients:restore',
      ...one,
      detail: { summary: 'Take the deletion of a patient back' },
    })
    .get(
      '/:id/export/',
      ({ ctx, params, set }) => {
        set.headers['content-disposition'] = `attachment; filename="paciente-${params.id}.json"`;
        return exportPatient(ctx, params.id);
      },
      {
        permit: 'patients:export',
        params: IdParams,
        response: { 200: PatientData },
        detail: {
          summary: 'All that is kept of a patient, as one JSON file',
          description: 'The right of access of Peru’s Law 29733, art. 19. The request is audited.',
        },
      },
    )
    .post('/:id/anonymise/', ({ ctx, params, body }) => anonymisePatient(ctx, params.id, body), {
      permit: 'patients:anonymise',
      params: IdParams,
      body: Anonymisation,
      response: { 200: Success },
      detail: {
        summary: 'Erase who a patient is, for good; the books stay',
        description:
          'The right of suppression of Peru’s Law 29733, art. 20. Names, document, contact data and free texts are ' +
          'erased, the account is closed; appointments, tickets and payments stay without a person. Cannot be undone; ' +
          'a second request changes nothing. Refused with rule `has_upcoming_appointments` or `has_pending_tickets`. ' +
          '`confirm` is the document number or the word ANONIMIZAR.',
      },
    });
