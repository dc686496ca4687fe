import type { Http } from '../../http/plugin.ts';
import { recordRoutes } from '../../http/record-routes.ts';
import { roomRecords } from './rooms.ts';
import { NewRoom, Room, RoomQuery } from './rooms-schemas.ts';

export const roomRoutes = (http: Http) =>
  recordRoutes(http, {
    prefix: '/api/rooms',
    tag: 'Rooms',
    permits: { read: 'rooms:read', write: 'rooms:write', restore: 'rooms:restore' },
    schemas: { query: RoomQuery, new: NewRoom, one: Room },
    verbs: roomRecords,
    summaries: {
      list: 'The rooms; with `available_from` and `available_to` the active ones that are free all that time',
      create: 'Add a room',
      get: 'One room',
      replace: 'Replace a room',
      change: 'Change a room; open appointments follow its new name',
      remove: 'Delete a room; appointments in it keep its name',
      restore: 'Take the deletion of a room back',
    },
  });
