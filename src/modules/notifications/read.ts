import { and, eq, isNull } from 'drizzle-orm';
import type { Ctx } from '../../context.ts';
import { success } from '../../success.ts';
import { getNotification, isOwn } from './find.ts';
import { notifications } from './tables.ts';

/** Notes that the caller has read the notification; the first time counts. @throws AppError NOT_FOUND */
export async function markRead(ctx: Ctx, id: number) {
  await ctx.db
    .update(notifications)
    .set({ readAt: ctx.now })
    .where(and(eq(notifications.id, id), isOwn(ctx), isNull(notifications.readAt)));
  return getNotification(ctx, id);
}

/** Notes that the caller has read all there is. */
export async function markAllRead(ctx: Ctx) {
  await ctx.db
    .update(notifications)
    .set({ readAt: ctx.now })
    .where(and(isOwn(ctx), isNull(notifications.readAt)));
  return success(ctx, {
    es: 'Todas las notificaciones están leídas.',
    en: 'All notifications are read.',
  });
}
