import { catalogue } from '../../db/catalogue.ts';
import { documentTypes } from './tables.ts';

export const documentTypeRecords = catalogue({
  entity: 'document_type',
  table: documentTypes,
  fields: ['id', 'name', 'description', 'is_active'],
  ordering: ['id', 'name'],
  search: 'name',
  filters: ['is_active'],
  restore: 'document_types:restore',
});
