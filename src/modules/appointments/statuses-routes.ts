import type { Http } from '../../http/plugin.ts';
import { recordRoutes } from '../../http/record-routes.ts';
import { statusRecords } from './statuses.ts';
import { NewStatusEntry, StatusEntry, StatusEntryQuery } from './statuses-schemas.ts';

export const statusRoutes = (http: Http) =>
  recordRoutes(http, {
    prefix: '/api/appointments/statuses',
    tag: 'Appointment statuses',
    permits: { read: 'statuses:read', write: 'statuses:write', restore: 'statuses:restore' },
    schemas: { query: StatusEntryQuery, new: NewStatusEntry, one: StatusEntry },
    verbs: statusRecords,
    summaries: {
      list: 'How each state of an appointment is shown',
      create: 'Show a state again that was deleted',
      get: 'One state',
      replace: 'Replace how a state is shown',
      change: 'Change how a state is shown',
      remove: 'Take a state out of the catalogue; appointments in it keep their label',
      restore: 'Take the deletion of a state back',
    },
  });
