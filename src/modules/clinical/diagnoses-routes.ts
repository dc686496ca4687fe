import { Elysia } from 'elysia';
import { formOf } from '../../http/form.ts';
import type { Http } from '../../http/plugin.ts';
import { Form, IdParams, Success } from '../../http/schemas.ts';
import { titleOf } from '../forms/titles.ts';
import {
  changeDiagnosis,
  createDiagnosis,
  getDiagnosis,
  listDiagnoses,
  removeDiagnosis,
  restoreDiagnosis,
} from './diagnoses.ts';
import {
  Diagnosis,
  DiagnosisChanges,
  DiagnosisPage,
  DiagnosisQuery,
  NewDiagnosis,
} from './diagnoses-schemas.ts';

const CREATE = { method: 'POST', path: '/api/diagnoses/' };

const one = {
  etag: true,
  emergency: 'diagnosis',
  params: IdParams,
  response: { 200: Diagnosis },
} as const;

export const diagnosisRoutes = (http: Http) =>
  new Elysia({ prefix: '/api/diagnoses', tags: ['Diagnoses'] })
    .use(http)
    .get('/create/', ({ ctx }) => formOf(titleOf('diagnoses-create'), CREATE, NewDiagnosis, ctx.language), {
      permit: 'diagnoses:write',
      response: { 200: Form },
      detail: { summary: 'The diagnosis form: fields, labels and JSON Schema' },
    })
    .get('/', ({ ctx, query }) => listDiagnoses(ctx, query), {
      permit: 'diagnoses:read',
      emergency: 'filter',
      query: DiagnosisQuery,
      response: { 200: DiagnosisPage },
      detail: { summary: 'Diagnoses of the patients the caller may see' },
    })
    .post('/', async ({ ctx, body, status }) => status(201, await createDiagnosis(ctx, body)), {
      permit: 'diagnoses:write',
      emergency: 'body',
      idempotent: true,
      etag: true,
      body: NewDiagnosis,
      response: { 201: Diagnosis },
      detail: { summary: 'Write a diagnosis down' },
    })
    .get('/:id/', ({ ctx, params }) => getDiagnosis(ctx, params.id), {
      permit: 'diagnoses:read',
      ...one,
      detail: { summary: 'One diagnosis' },
    })
    .put('/:id/', ({ ctx, params, body }) => changeDiagnosis(ctx, params.id, body), {
      permit: 'diagnoses:write',
      ...one,
      body: NewDiagnosis,
      detail: { summary: 'Replace a diagnosis; therapists their own' },
    })
    .patch('/:id/', ({ ctx, params, body }) => changeDiagnosis(ctx, params.id, body), {
      permit: 'diagnoses:write',
      ...one,
      body: DiagnosisChanges,
      detail: { summary: 'Change a diagnosis; therapists their own' },
    })
    .delete('/:id/', ({ ctx, params }) => removeDiagnosis(ctx, params.id), {
      permit: 'diagnoses:write',
      ...one,
      response: { 200: Success },
      detail: { summary: 'Delete a diagnosis; therapists their own' },
    })
    .post('/:id/restore/', ({ ctx, params }) => restoreDiagnosis(ctx, params.id), {
      permit: 'diagnoses:restore',
      ...one,
      detail: { summary: 'Take the deletion of a diagnosis back' },
    });
