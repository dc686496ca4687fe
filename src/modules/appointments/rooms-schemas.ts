import * as v from 'valibot';
import { FlagText, Instant, Line, OrNull, recordQuery } from '../../http/schemas.ts';

export const NewRoom = v.object({
  name: Line(50),
  description: OrNull(Line(255)),
  is_active: v.optional(v.boolean(), true),
});

export const Room = v.object({
  id: v.number(),
  name: v.string(),
  description: v.nullable(v.string()),
  is_active: v.boolean(),
});

export const RoomQuery = recordQuery(['name', 'id'], {
  is_active: v.optional(FlagText),
  available_from: v.optional(Instant),
  available_to: v.optional(Instant),
});
