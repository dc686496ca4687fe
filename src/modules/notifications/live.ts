import * as v from 'valibot';
import { user } from '../../access/ownership.ts';
import type { Ctx } from '../../context.ts';
import { AppError } from '../../errors.ts';
import type { StreamEvent, StreamSource } from '../../http/sse.ts';
import { getNotification } from './find.ts';

/** Where a person's own notifications are told live. */
export const channelOf = (userId: number): string => `user:${userId}`;

/** A new notification; `data` is its id, so that what it says is kept in one place only. */
export const NOTIFIED = 'notification';

const Notified = v.object({ id: v.number() });

/** The caller's new notifications, as the list shows them. */
export const notificationStream: StreamSource = async (ctx, options) =>
  asShown(ctx, await ctx.services.live.subscribe([channelOf(user(ctx).userId)], options));

async function* asShown(ctx: Ctx, events: AsyncIterable<StreamEvent>): AsyncGenerator<StreamEvent> {
  for await (const { id, kind, data } of events) {
    const shown = await shownOrGone(ctx, v.parse(Notified, data).id);
    if (shown) yield { ...(id === undefined ? {} : { id }), kind, data: shown };
  }
}

async function shownOrGone(ctx: Ctx, id: number) {
  try {
    return await getNotification(ctx, id);
  } catch (error) {
    if (error instanceof AppError && error.code === 'NOT_FOUND') return null;
    throw error;
  }
}
