import { catalogue } from '../../db/catalogue.ts';
import { specialties } from './tables.ts';

export const specialtyRecords = catalogue({
  entity: 'specialty',
  table: specialties,
  fields: ['id', 'name', 'description', 'requirements', 'is_active'],
  ordering: ['name', 'id'],
  search: 'name',
  filters: ['is_active'],
  restore: 'specialties:restore',
});
