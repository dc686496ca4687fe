import { Elysia } from 'elysia';
import type { Http } from '../../http/plugin.ts';
import { IdParams, Success } from '../../http/schemas.ts';
import { changeRoom, createRoom, getRoom, listRooms, removeRoom, restoreRoom } from './rooms.ts';
import { Room, RoomChanges, RoomPage, RoomQuery, NewRoom } from './rooms-schemas.ts';

const one = { etag: true, params: IdParams, response: { 200: Room } } as const;

export const roomRoutes = (http: Http) =>
  new Elysia({ prefix: '/api/rooms', tags: ['Rooms'] })
    .use(http)
    .get('/', ({ ctx, query }) => listRooms(ctx, query), {
      permit: 'rooms:read',
      query: RoomQuery,
      response: { 200: RoomPage },
      detail: {
        summary:
          'The rooms; with `available_from` and `available_to` the active ones that are free all that time',
      },
    })
    .post('/', async ({ ctx, body, status }) => status(201, await createRoom(ctx, body)), {
      permit: 'rooms:write',
      idempotent: true,
      etag: true,
      body: NewRoom,
      response: { 201: Room },
      detail: { summary: 'Add a room' },
    })
    .get('/:id/', ({ ctx, params }) => getRoom(ctx, params.id), {
      permit: 'rooms:read',
      ...one,
      detail: { summary: 'One room' },
    })
    .put('/:id/', ({ ctx, params, body }) => changeRoom(ctx, params.id, body), {
      permit: 'rooms:write',
      ...one,
      body: NewRoom,
      detail: { summary: 'Replace a room' },
    })
    .patch('/:id/', ({ ctx, params, body }) => changeRoom(ctx, params.id, body), {
      permit: 'rooms:write',
      ...one,
      body: RoomChanges,
      detail: { summary: 'Change a room; open appointments follow its new name' },
    })
    .delete('/:id/', ({ ctx, params }) => removeRoom(ctx, params.id), {
      permit: 'rooms:write',
      ...one,
      response: { 200: Success },
      detail: { summary: 'Delete a room; appointments in it keep its name' },
    })
    .post('/:id/restore/', ({ ctx, params }) => restoreRoom(ctx, params.id), {
      permit: 'rooms:restore',
      ...one,
      detail: { summary: 'Take the deletion of a room back' },
    });
