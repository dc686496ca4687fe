import { Elysia } from 'elysia';
import type { Http } from '../../http/plugin.ts';
import { IdParams, Success } from '../../http/schemas.ts';
import {
  changeDocumentType,
  createDocumentType,
  getDocumentType,
  listDocumentTypes,
  removeDocumentType,
  restoreDocumentType,
} from './document-types.ts';
import {
  DocumentType,
  DocumentTypeChanges,
  DocumentTypePage,
  DocumentTypeQuery,
  NewDocumentType,
} from './document-types-schemas.ts';

const one = { etag: true, params: IdParams, response: { 200: DocumentType } } as const;

export const documentTypeRoutes = (http: Http) =>
  new Elysia({ prefix: '/api/document-types', tags: ['Document types'] })
    .use(http)
    .get('/', ({ ctx, query }) => listDocumentTypes(ctx, query), {
      permit: 'document_types:read',
      query: DocumentTypeQuery,
      response: { 200: DocumentTypePage },
      detail: { summary: 'The identity documents that the desk offers to choose from' },
    })
    .post('/', async ({ ctx, body, status }) => status(201, await createDocumentType(ctx, body)), {
      permit: 'document_types:write',
      idempotent: true,
      etag: true,
      body: NewDocumentType,
      response: { 201: DocumentType },
      detail: { summary: 'Add a document type' },
    })
    .get('/:id/', ({ ctx, params }) => getDocumentType(ctx, params.id), {
      permit: 'document_types:read',
      ...one,
      detail: { summary: 'One document type' },
    })
    .put('/:id/', ({ ctx, params, body }) => changeDocumentType(ctx, params.id, body), {
      permit: 'document_types:write',
      ...one,
      body: NewDocumentType,
      detail: { summary: 'Replace a document type' },
    })
    .patch('/:id/', ({ ctx, params, body }) => changeDocumentType(ctx, params.id, body), {
      permit: 'document_types:write',
      ...one,
      body: DocumentTypeChanges,
      detail: { summary: 'Change a document type; people keep theirs' },
    })
    .delete('/:id/', ({ ctx, params }) => removeDocumentType(ctx, params.id), {
      permit: 'document_types:write',
      ...one,
      response: { 200: Success },
      detail: { summary: 'Delete a document type; people keep theirs' },
    })
    .post('/:id/restore/', ({ ctx, params }) => restoreDocumentType(ctx, params.id), {
      permit: 'document_types:restore',
      ...one,
      detail: { summary: 'Take the deletion of a document type back' },
    });
