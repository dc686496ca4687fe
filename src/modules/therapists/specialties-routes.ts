import type { Http } from '../../http/plugin.ts';
import { recordRoutes } from '../../http/record-routes.ts';
import {
  changeSpecialty,
  createSpecialty,
  getSpecialty,
  listSpecialties,
  removeSpecialty,
  restoreSpecialty,
} from './specialties.ts';
import {
  NewSpecialty,
  Specialty,
  SpecialtyChanges,
  SpecialtyPage,
  SpecialtyQuery,
} from './specialties-schemas.ts';

export const specialtyRoutes = (http: Http) =>
  recordRoutes(http, {
    prefix: '/api/specialties',
    tag: 'Specialties',
    permits: { read: 'specialties:read', write: 'specialties:write', restore: 'specialties:restore' },
    schemas: {
      query: SpecialtyQuery,
      page: SpecialtyPage,
      new: NewSpecialty,
      changes: SpecialtyChanges,
      one: Specialty,
    },
    verbs: {
      list: listSpecialties,
      create: createSpecialty,
      get: getSpecialty,
      change: changeSpecialty,
      remove: removeSpecialty,
      restore: restoreSpecialty,
    },
    summaries: {
      list: 'What the clinic offers',
      create: 'Add a specialty',
      get: 'One specialty',
      replace: 'Replace a specialty',
      change: 'Change a specialty',
      remove: 'Delete a specialty; therapists lose it until it is restored',
      restore: 'Take the deletion of a specialty back',
    },
  });
