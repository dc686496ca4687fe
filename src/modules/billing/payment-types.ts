import { catalogue } from '../../db/catalogue.ts';
import { paymentTypes } from './tables.ts';

export const paymentTypeRecords = catalogue({
  entity: 'payment_type',
  table: paymentTypes,
  fields: ['id', 'name', 'code', 'description', 'is_active'],
  ordering: ['id', 'name'],
  search: 'name',
  filters: ['code', 'is_active'],
  restore: 'payment_types:restore',
});
