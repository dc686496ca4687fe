import type { Http } from '../../http/plugin.ts';
import { recordRoutes } from '../../http/record-routes.ts';
import { documentTypeRecords } from './document-types.ts';
import { DocumentType, DocumentTypeQuery, NewDocumentType } from './document-types-schemas.ts';

export const documentTypeRoutes = (http: Http) =>
  recordRoutes(http, {
    prefix: '/api/document-types',
    tag: 'Document types',
    permits: {
      read: 'document_types:read',
      write: 'document_types:write',
      restore: 'document_types:restore',
    },
    schemas: { query: DocumentTypeQuery, new: NewDocumentType, one: DocumentType },
    verbs: documentTypeRecords,
    summaries: {
      list: 'The identity documents that the desk offers to choose from',
      create: 'Add a document type',
      get: 'One document type',
      replace: 'Replace a document type',
      change: 'Change a document type; people keep theirs',
      remove: 'Delete a document type; people keep theirs',
      restore: 'Take the deletion of a document type back',
    },
  });
