import type { Http } from '../../http/plugin.ts';
import { recordRoutes } from '../../http/record-routes.ts';
import { holidayRecords } from './holidays.ts';
import { Holiday, HolidayQuery, NewHoliday } from './holidays-schemas.ts';

export const holidayRoutes = (http: Http) =>
  recordRoutes(http, {
    prefix: '/api/holidays',
    tag: 'Holidays',
    permits: { read: 'holidays:read', write: 'holidays:write', restore: 'holidays:restore' },
    schemas: { query: HolidayQuery, new: NewHoliday, one: Holiday },
    verbs: holidayRecords,
    summaries: {
      list: 'Days on which the clinic is closed',
      create: 'Close the clinic on a day',
      get: 'One holiday',
      replace: 'Replace a holiday',
      change: 'Change a holiday',
      remove: 'Delete a holiday: the day can be booked again',
      restore: 'Take the deletion of a holiday back',
    },
  });
