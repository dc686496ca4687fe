import type { Ctx, Services, UserActor } from '../context.ts';
import { AppError } from '../errors.ts';
import type { Permission } from './enforcer.ts';
import { lastSeenNoter } from './last-seen.ts';

const noteUse = lastSeenNoter();

const BEARER = /^Bearer +([\w-]+\.[\w-]+\.[\w-]+)$/i;

/**
 * The person behind a request's `Authorization` header: a valid token **and** a live session.
 * `inOutage` is for routes that answer while the database is away (outage.ts).
 * @throws AppError AUTHENTICATION_REQUIRED, TOKEN_INVALID, TOKEN_EXPIRED or SESSION_REVOKED
 */
export async function authenticate(
  services: Services,
  authorization: string | null,
  inOutage = false,
): Promise<UserActor> {
  if (!authorization) throw new AppError('AUTHENTICATION_REQUIRED');
  const token = BEARER.exec(authorization)?.[1];
  if (!token) throw new AppError('TOKEN_INVALID');
  const claims = await services.tokens.read('access', token);
  const { find, findInOutage = find } = services.sessions;
  const actor = await (inOutage ? findInOutage : find)(claims.sessionId);
  if (!actor || actor.userId !== claims.userId) throw new AppError('SESSION_REVOKED');
  noteUse(services, claims.sessionId);
  return actor;
}

/**
 * Asks the policy whether the actor may, and notes in `ctx` how far.
 * @throws AppError INSUFFICIENT_PERMISSIONS
 */
export function authorise(ctx: Ctx, actor: UserActor, permission: Permission): void {
  ctx.actor = actor;
  ctx.scopes = ctx.services.access.scopesOf(actor, permission);
  if (ctx.scopes.length === 0) throw new AppError('INSUFFICIENT_PERMISSIONS');
}

/** Whether the actor has a further permission than the route's own, at any reach. */
export function may(ctx: Ctx, permission: Permission): boolean {
  const { actor } = ctx;
  if (actor.kind === 'system') return true;
  if (actor.kind === 'anonymous') return false;
  return ctx.services.access.scopesOf(actor, permission).length > 0;
}

/** The same request with the reach of a further permission: for a verb that reads what another route is about. */
export function reaching(ctx: Ctx, permission: Permission): Ctx {
  const { actor } = ctx;
  if (actor.kind === 'system') return ctx;
  return { ...ctx, scopes: actor.kind === 'user' ? ctx.services.access.scopesOf(actor, permission) : [] };
}
