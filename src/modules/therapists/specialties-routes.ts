import type { Http } from '../../http/plugin.ts';
import { recordRoutes } from '../../http/record-routes.ts';
import { specialtyRecords } from './specialties.ts';
import { NewSpecialty, Specialty, SpecialtyQuery } from './specialties-schemas.ts';

export const specialtyRoutes = (http: Http) =>
  recordRoutes(http, {
    prefix: '/api/specialties',
    tag: 'Specialties',
    permits: { read: 'specialties:read', write: 'specialties:write', restore: 'specialties:restore' },
    schemas: { query: SpecialtyQuery, new: NewSpecialty, one: Specialty },
    verbs: specialtyRecords,
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
