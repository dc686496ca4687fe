import { and, eq, gt, isNull, type SQL } from 'drizzle-orm';
import type { Ctx } from '../context.ts';
import { sessions, users } from '../modules/users/tables.ts';

/**
 * Makes the open sessions of some people (a WHERE on `users`) know what a change gave or took from them, on every
 * instance. To be called after its commit.
 */
export async function rightsChanged(ctx: Ctx, who: SQL | undefined): Promise<void> {
  const open = await ctx.db
    .select({ id: sessions.id })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(and(who, isNull(sessions.revokedAt), gt(sessions.expiresAt, ctx.now)));
  await ctx.services.sessions.changed(open.map(({ id }) => id));
}
