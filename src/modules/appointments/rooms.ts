import { and, eq, inArray } from 'drizzle-orm';
import type * as v from 'valibot';
import type { Ctx } from '../../context.ts';
import { columnsOf } from '../../db/casing.ts';
import { resource } from '../../db/resource.ts';
import { containsWords } from '../../db/search.ts';
import { freeRooms } from './free-rooms.ts';
import type { NewRoom, RoomChanges, RoomQuery } from './rooms-schemas.ts';
import { isFinal, STATUSES } from './status.ts';
import { appointments, rooms as table } from './tables.ts';

const roomView = (row: typeof table.$inferSelect) => ({
  id: row.id,
  name: row.name,
  description: row.description,
  is_active: row.isActive,
});

const records = resource({
  entity: 'room',
  table,
  view: (_, rows) => rows.map(roomView),
  ordering: { name: table.name, id: table.id },
  defaultOrdering: 'name',
  restore: 'rooms:restore',
});

export const { get: getRoom, remove: removeRoom, restore: restoreRoom } = records;

/** The clinic's rooms. A booking may name any other: that one is listed from then on. @throws InvalidField */
export const listRooms = (ctx: Ctx, query: v.InferOutput<typeof RoomQuery>) =>
  records.list(
    ctx,
    query,
    and(
      query.is_active === undefined ? undefined : eq(table.isActive, query.is_active),
      containsWords(table.name, query.search),
      freeRooms(ctx, query.available_from, query.available_to),
    ),
  );

export const createRoom = (ctx: Ctx, input: v.InferOutput<typeof NewRoom>) =>
  records.create(ctx, () => columnsOf(input));

/** Changes a room. Its open appointments go by its new name, or the room could be booked twice at a time. */
export const changeRoom = (ctx: Ctx, id: number, input: v.InferOutput<typeof RoomChanges>) =>
  records.update(ctx, id, async (tx, { name }) => {
    if (input.name !== undefined && input.name !== name) await renameInOpen(tx, name, input.name);
    return columnsOf(input);
  });

const OPEN = STATUSES.filter((status) => !isFinal(status));

const renameInOpen = (tx: Ctx, from: string, to: string) =>
  tx.db
    .update(appointments)
    .set({ room: to, updatedAt: tx.now })
    .where(and(eq(appointments.room, from), inArray(appointments.status, OPEN)));
