import { and, asc, desc, eq, inArray, isNotNull, isNull, like, or, type SQL, sql } from 'drizzle-orm';
import type * as v from 'valibot';
import { user } from '../../access/ownership.ts';
import type { Ctx } from '../../context.ts';
import { containing, countRows, page } from '../../db/page.ts';
import { notFound } from '../../errors.ts';
import { formatInstant } from '../../time.ts';
import type { Notification, NotificationQuery } from './schemas.ts';
import { deliveries, notifications } from './tables.ts';

type View = v.InferOutput<typeof Notification>;

/** A notification is its recipient's alone, whatever else the caller may see. */
export const isOwn = (ctx: Ctx): SQL => eq(notifications.userId, user(ctx).userId);

/** The caller's notifications, the latest first. */
export function listNotifications(ctx: Ctx, query: v.InferOutput<typeof NotificationQuery>) {
  const { unread, kind, search, ordering } = query;
  const where = and(
    isOwn(ctx),
    unread === undefined
      ? undefined
      : unread
        ? isNull(notifications.readAt)
        : isNotNull(notifications.readAt),
    kind === undefined ? undefined : eq(notifications.kind, kind),
    search
      ? or(like(notifications.title, containing(search)), like(notifications.body, containing(search)))
      : undefined,
  );
  const direction = ordering === 'created_at' ? asc : desc;
  return page(ctx, query, {
    name: `notifications:${user(ctx).userId}`,
    count: (atMost) =>
      countRows(
        ctx,
        ctx.db
          .select({ one: sql`1`.as('one') })
          .from(notifications)
          .where(where)
          .$dynamic() as never,
        atMost,
      ),
    results: async (limit, offset) => {
      const rows = await ctx.db
        .select()
        .from(notifications)
        .where(where)
        .orderBy(direction(notifications.createdAt), direction(notifications.id))
        .limit(limit)
        .offset(offset);
      return views(ctx, rows);
    },
  });
}

/** One of the caller's notifications. @throws AppError NOT_FOUND */
export async function getNotification(ctx: Ctx, id: number): Promise<View> {
  const rows = await ctx.db
    .select()
    .from(notifications)
    .where(and(eq(notifications.id, id), isOwn(ctx)));
  const [view] = await views(ctx, rows);
  if (!view) throw notFound();
  return view;
}

async function views(ctx: Ctx, rows: readonly (typeof notifications.$inferSelect)[]): Promise<View[]> {
  if (rows.length === 0) return [];
  const { timeZone } = ctx.services.config;
  const ids = rows.map(({ id }) => id);
  const found = await ctx.db
    .select()
    .from(deliveries)
    .where(inArray(deliveries.notificationId, ids))
    .orderBy(deliveries.channel);
  const byNotification = Map.groupBy(found, (delivery) => delivery.notificationId);
  return rows.map((row) => ({
    id: row.id,
    kind: row.kind,
    title: row.title,
    body: row.body,
    created_at: formatInstant(row.createdAt, timeZone),
    read_at: row.readAt && formatInstant(row.readAt, timeZone),
    deliveries: (byNotification.get(row.id) ?? []).map((delivery) => ({
      channel: delivery.channel,
      state: delivery.state,
      attempts: delivery.attempts,
      sent_at: delivery.sentAt && formatInstant(delivery.sentAt, timeZone),
      provider_id: delivery.providerId,
      error: delivery.error,
    })),
  }));
}
