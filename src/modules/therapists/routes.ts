import type { Http } from '../../http/plugin.ts';
import { recordRoutes } from '../../http/record-routes.ts';
import {
  changeTherapist,
  createTherapist,
  getTherapist,
  listTherapists,
  removeTherapist,
  restoreTherapist,
} from './therapists.ts';
import { NewTherapist, Therapist, TherapistQuery } from './schemas.ts';

export const therapistRoutes = (http: Http) =>
  recordRoutes(http, {
    prefix: '/api/therapists',
    tag: 'Therapists',
    permits: { read: 'therapists:read', write: 'therapists:write', restore: 'therapists:restore' },
    schemas: { query: TherapistQuery, new: NewTherapist, one: Therapist },
    verbs: {
      list: listTherapists,
      create: createTherapist,
      get: getTherapist,
      change: changeTherapist,
      remove: removeTherapist,
      restore: restoreTherapist,
    },
    summaries: {
      list: 'Therapists',
      create: 'Register a therapist',
      get: 'One therapist',
      replace: 'Replace the data of a therapist',
      change: 'Change some data of a therapist',
      remove: 'Delete a therapist; past appointments keep the name',
      restore: 'Take the deletion of a therapist back',
    },
  });
