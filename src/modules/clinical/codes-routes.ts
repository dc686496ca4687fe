import { Elysia } from 'elysia';
import type { Http } from '../../http/plugin.ts';
import { listDiagnosisCodes } from './codes.ts';
import { DiagnosisCodePage, DiagnosisCodeQuery } from './codes-schemas.ts';

export const diagnosisCodeRoutes = (http: Http) =>
  new Elysia({ prefix: '/api/diagnosis-codes', tags: ['Diagnoses'] })
    .use(http)
    .get('/', ({ ctx, query }) => listDiagnosisCodes(ctx, query), {
      permit: 'diagnosis_codes:read',
      query: DiagnosisCodeQuery,
      response: { 200: DiagnosisCodePage },
      detail: { summary: 'CIE-10 codes with Spanish names; `search` looks at codes and names' },
    });
