import { and, desc, eq, gt, inArray, isNotNull, isNull, lt, ne, or, type SQL } from 'drizzle-orm';
import { user } from '../../access/ownership.ts';
import { ACCESS_MINUTES, SESSION_DAYS } from '../../access/tokens.ts';
import { type Ctx, transaction } from '../../context.ts';
import { audit } from '../../db/audit.ts';
import { AppError, notFound } from '../../errors.ts';
import { success } from '../../success.ts';
import { formatInstant } from '../../time.ts';
import { sessions } from '../users/tables.ts';

const CLOSED = { es: 'Sesión cerrada.', en: 'Session closed.' };

const sessionEnd = (ctx: Ctx) => ctx.now.add({ hours: SESSION_DAYS * 24 });

/** Signs the pair of tokens of a session; the refresh token's id becomes the only one that is valid. */
async function tokenPair(ctx: Ctx, userId: number, sessionId: string) {
  const { tokens } = ctx.services;
  const now = Math.floor(ctx.now.epochMilliseconds / 1000);
  const refreshId = crypto.randomUUID();
  const claims = { userId, sessionId };
  const pair = {
    access_token: await tokens.sign('access', {
      ...claims,
      tokenId: crypto.randomUUID(),
      expiresAt: now + ACCESS_MINUTES * 60,
    }),
    refresh_token: await tokens.sign('refresh', {
      ...claims,
      tokenId: refreshId,
      expiresAt: now + SESSION_DAYS * 86_400,
    }),
    token_type: 'Bearer' as const,
    expires_in: ACCESS_MINUTES * 60,
  };
  return { pair, refreshHash: await tokens.fingerprint(refreshId) };
}

/** Opens a session for a person who has proved who they are; to be called in a transaction. */
export async function openSession(tx: Ctx, userId: number) {
  const id = crypto.randomUUID();
  const { pair, refreshHash } = await tokenPair(tx, userId, id);
  await tx.db.insert(sessions).values({
    id,
    userId,
    refreshHash,
    device: tx.userAgent?.slice(0, 255) ?? null,
    ip: tx.ip,
    createdAt: tx.now,
    lastSeenAt: tx.now,
    expiresAt: sessionEnd(tx),
  });
  return pair;
}

/**
 * Exchanges a refresh token for a new pair. A token that was exchanged before is a stolen copy, of one side or the
 * other: the session is closed for both (RFC 9700, 4.14.2).
 * @throws AppError TOKEN_INVALID, TOKEN_EXPIRED or SESSION_REVOKED
 */
export async function refresh(ctx: Ctx, input: { refresh_token: string }) {
  const { tokens } = ctx.services;
  const claims = await tokens.read('refresh', input.refresh_token);
  const actor = await ctx.services.sessions.find(claims.sessionId);
  if (!actor || actor.userId !== claims.userId) throw new AppError('SESSION_REVOKED');

  const { pair, refreshHash } = await tokenPair(ctx, claims.userId, claims.sessionId);
  const spent = await tokens.fingerprint(claims.tokenId);
  const rotated = await transaction(ctx, async (tx) => {
    const [result] = await tx.db
      .update(sessions)
      .set({ refreshHash, lastSeenAt: tx.now, expiresAt: sessionEnd(tx) })
      .where(
        and(eq(sessions.id, claims.sessionId), eq(sessions.refreshHash, spent), isNull(sessions.revokedAt)),
      );
    if (result.affectedRows === 1) return true;
    await close(tx, eq(sessions.id, claims.sessionId));
    await audit(tx, { action: 'refresh_token_reused', entity: 'session', entityId: claims.sessionId });
    return false;
  });
  await ctx.services.sessions.changed([claims.sessionId]);
  if (!rotated) throw new AppError('SESSION_REVOKED');
  return pair;
}

/** Marks live sessions as closed and returns their ids; `sessions.changed` must follow the commit. */
async function close(tx: Ctx, which: SQL | undefined): Promise<string[]> {
  const live = and(which, isNull(sessions.revokedAt));
  const rows = await tx.db.select({ id: sessions.id }).from(sessions).where(live).for('update');
  const ids = rows.map(({ id }) => id);
  if (ids.length > 0)
    await tx.db.update(sessions).set({ revokedAt: tx.now }).where(inArray(sessions.id, ids));
  return ids;
}

/** Closes the session of the request: at once, on every instance. */
export async function logout(ctx: Ctx) {
  const { userId, sessionId } = user(ctx);
  const ids = await transaction(ctx, async (tx) => {
    const closed = await close(tx, eq(sessions.id, sessionId));
    await audit(tx, { action: 'logout', entity: 'user', entityId: userId });
    return closed;
  });
  await ctx.services.sessions.changed(ids);
  return success(ctx, CLOSED);
}

/** Closes one of the caller's own sessions. @throws AppError NOT_FOUND */
export async function revokeSession(ctx: Ctx, sessionId: string) {
  const { userId } = user(ctx);
  const ids = await transaction(ctx, async (tx) => {
    const closed = await close(tx, and(eq(sessions.id, sessionId), eq(sessions.userId, userId)));
    if (closed.length === 0) throw notFound();
    await audit(tx, { action: 'revoke_session', entity: 'session', entityId: sessionId });
    return closed;
  });
  await ctx.services.sessions.changed(ids);
  return success(ctx, CLOSED);
}

/** Closes all sessions of an account but `keep`, inside the caller's transaction; see {@link close}. */
export const closeAllSessions = (tx: Ctx, userId: number, keep: string | null = null): Promise<string[]> =>
  close(tx, and(eq(sessions.userId, userId), keep === null ? undefined : ne(sessions.id, keep)));

const CLEARED_AT_ONCE = 1_000;

/**
 * Deletes the sessions that were closed or have expired and returns how many. Row by row along the primary key, so
 * that people who log in meanwhile do not wait.
 */
export async function clearEndedSessions(ctx: Ctx): Promise<number> {
  const ended = or(isNotNull(sessions.revokedAt), lt(sessions.expiresAt, ctx.now));
  let cleared = 0;
  for (;;) {
    const rows = await ctx.db.select({ id: sessions.id }).from(sessions).where(ended).limit(CLEARED_AT_ONCE);
    if (rows.length === 0) return cleared;
    const ids = rows.map(({ id }) => id);
    await transaction(ctx, async (tx) => {
      await tx.db.delete(sessions).where(inArray(sessions.id, ids));
      await audit(tx, {
        action: 'clear',
        entity: 'session',
        entityId: 'ended',
        after: { count: ids.length },
      });
    });
    cleared += ids.length;
  }
}

/** The caller's live sessions, the latest seen first (at most 100). */
export async function listSessions(ctx: Ctx) {
  const { userId, sessionId } = user(ctx);
  const { timeZone } = ctx.services.config;
  const rows = await ctx.db
    .select()
    .from(sessions)
    .where(and(eq(sessions.userId, userId), isNull(sessions.revokedAt), gt(sessions.expiresAt, ctx.now)))
    .orderBy(desc(sessions.lastSeenAt))
    .limit(100);
  return rows.map((row) => ({
    id: row.id,
    device: row.device,
    ip: row.ip,
    created_at: formatInstant(row.createdAt, timeZone),
    last_seen_at: formatInstant(row.lastSeenAt, timeZone),
    is_current: row.id === sessionId,
  }));
}
