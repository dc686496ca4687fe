import { Elysia } from 'elysia';
import type { Http } from '../../../http/plugin.ts';
import { Download, IdParams } from '../../../http/schemas.ts';
import { importErrors, importTemplate } from './files.ts';
import { getImport, listImports } from './imports.ts';
import { requestImport } from './request.ts';
import { Import, ImportAccepted, ImportPage, ImportQuery, ImportUpload } from './schemas.ts';

export const importRoutes = (http: Http) =>
  new Elysia({ prefix: '/api/patients', tags: ['Patients'] })
    .use(http)
    .post('/import/', async ({ ctx, body, status }) => status(202, await requestImport(ctx, body)), {
      permit: 'patients:import',
      idempotent: true,
      body: ImportUpload,
      response: { 202: ImportAccepted },
      detail: {
        summary: 'Import patients from a CSV or XLSX file, as a job',
        description:
          'multipart/form-data: `file` (at most 10 MB and 50,000 rows; told by its content), `dry_run`, `confirm_duplicate`. ' +
          'Titles in Spanish or the names of the fields; separated by `,`, `;` or tab; UTF-8 or Windows-1252; ' +
          'days as YYYY-MM-DD or DD/MM/YYYY. A row that cannot be registered is set aside with its reasons, the others go in. ' +
          'The requester gets a notification `import_ready`.',
      },
    })
    .get('/import/template/', ({ ctx }) => importTemplate(ctx), {
      permit: 'patients:import',
      response: { 200: Download },
      detail: { summary: 'A CSV file to fill in and import' },
    })
    .get('/imports/', ({ ctx, query }) => listImports(ctx, query), {
      permit: 'patients:import',
      query: ImportQuery,
      response: { 200: ImportPage },
      detail: { summary: 'Imports, the latest first: the own, or all for administrators' },
    })
    .get('/imports/:id/', ({ ctx, params }) => getImport(ctx, params.id), {
      permit: 'patients:import',
      params: IdParams,
      response: { 200: Import },
      detail: { summary: 'How an import is getting on' },
    })
    .get('/imports/:id/errors/', ({ ctx, params }) => importErrors(ctx, params.id), {
      permit: 'patients:import',
      params: IdParams,
      response: { 200: Download },
      detail: {
        summary: 'The rows that were refused, as a CSV file with the reasons: correct it and import it again',
        description: 'Kept for 30 days.',
      },
    });
