import { and, eq, inArray, sql } from 'drizzle-orm';
import type * as v from 'valibot';
import type { Ctx } from '../../context.ts';
import { columnsOf } from '../../db/casing.ts';
import { catalogue } from '../../db/catalogue.ts';
import type { ChangesOf } from '../../http/schemas.ts';
import { freeRooms } from './free-rooms.ts';
import type { NewRoom, RoomQuery } from './rooms-schemas.ts';
import { OPEN } from './status.ts';
import { appointments, rooms } from './tables.ts';

const records = catalogue({
  entity: 'room',
  table: rooms,
  fields: ['id', 'name', 'description', 'is_active'],
  ordering: ['name', 'id'],
  search: 'name',
  filters: ['is_active'],
  where: (ctx, query: v.InferOutput<typeof RoomQuery>) =>
    freeRooms(ctx, query.available_from, query.available_to),
  restore: 'rooms:restore',
});

/** The clinic's rooms. A booking may name any other: that one is listed from then on. */
export const roomRecords = { ...records, change: changeRoom };

/**
 * Changes a room. Its open appointments go by its new name, or the room could be booked twice at a time; calendars show
 * it.
 */
function changeRoom(ctx: Ctx, id: number, input: ChangesOf<typeof NewRoom>) {
  return records.update(ctx, id, async (tx, { name }) => {
    if (input.name !== undefined && input.name !== name) await renameInOpen(tx, name, input.name);
    return columnsOf(input);
  });
}

const renameInOpen = (tx: Ctx, from: string, to: string) =>
  tx.db
    .update(appointments)
    .set({ room: to, sequence: sql`${appointments.sequence} + 1`, updatedAt: tx.now })
    .where(and(eq(appointments.room, from), inArray(appointments.status, OPEN)));
