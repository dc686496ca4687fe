import { Elysia } from 'elysia';
import type { Http } from '../../http/plugin.ts';
import { IdParams, Success } from '../../http/schemas.ts';
import {
  changeHoliday,
  createHoliday,
  getHoliday,
  listHolidays,
  removeHoliday,
  restoreHoliday,
} from './holidays.ts';
import { Holiday, HolidayChanges, HolidayPage, HolidayQuery, NewHoliday } from './holidays-schemas.ts';

const one = { etag: true, params: IdParams, response: { 200: Holiday } } as const;

export const holidayRoutes = (http: Http) =>
  new Elysia({ prefix: '/api/holidays', tags: ['Holidays'] })
    .use(http)
    .get('/', ({ ctx, query }) => listHolidays(ctx, query), {
      permit: 'holidays:read',
      query: HolidayQuery,
      response: { 200: HolidayPage },
      detail: { summary: 'Days on which the clinic is closed' },
    })
    .post('/', async ({ ctx, body, status }) => status(201, await createHoliday(ctx, body)), {
      permit: 'holidays:write',
      idempotent: true,
      etag: true,
      body: NewHoliday,
      response: { 201: Holiday },
      detail: { summary: 'Close the clinic on a day' },
    })
    .get('/:id/', ({ ctx, params }) => getHoliday(ctx, params.id), {
      permit: 'holidays:read',
      ...one,
      detail: { summary: 'One holiday' },
    })
    .put('/:id/', ({ ctx, params, body }) => changeHoliday(ctx, params.id, body), {
      permit: 'holidays:write',
      ...one,
      body: NewHoliday,
      detail: { summary: 'Replace a holiday' },
    })
    .patch('/:id/', ({ ctx, params, body }) => changeHoliday(ctx, params.id, body), {
      permit: 'holidays:write',
      ...one,
      body: HolidayChanges,
      detail: { summary: 'Change a holiday' },
    })
    .delete('/:id/', ({ ctx, params }) => removeHoliday(ctx, params.id), {
      permit: 'holidays:write',
      ...one,
      response: { 200: Success },
      detail: { summary: 'Delete a holiday: the day can be booked again' },
    })
    .post('/:id/restore/', ({ ctx, params }) => restoreHoliday(ctx, params.id), {
      permit: 'holidays:restore',
      ...one,
      detail: { summary: 'Take the deletion of a holiday back' },
    });
