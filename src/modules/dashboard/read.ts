import { user } from '../../access/ownership.ts';
import type { Ctx } from '../../context.ts';
import { AppError } from '../../errors.ts';
import { formatInstant } from '../../time.ts';
import { WIDGETS } from './registry.ts';
import { keyOf, reachOf, readingCtx, type Widget } from './widget.ts';

type Options = {
  /** Only these. */
  names?: readonly string[] | undefined;
  /** Nothing that was read before this moment (epoch ms), as long as newer can be had. */
  since?: number;
};

/**
 * The caller's widgets, from the cache while nothing has changed. When the database is slow or down, the last good ones
 * are given, and their age is told.
 * @throws AppError INSUFFICIENT_PERMISSIONS for a name that is not among the caller's widgets
 */
export async function readDashboard(ctx: Ctx, { names, since }: Options = {}) {
  const { cache, config } = ctx.services;
  const actor = user(ctx);
  const mine = WIDGETS.flatMap((widget) => {
    if (names && !names.includes(widget.name)) return [];
    const scopes = reachOf(ctx, actor, widget);
    return scopes ? [{ widget, scopes }] : [];
  });
  if (names && mine.length < names.length) throw new AppError('INSUFFICIENT_PERMISSIONS');
  const read = await Promise.all(
    mine.map(({ widget, scopes }) =>
      cache.read(
        keyOf(widget, actor, scopes),
        () => (widget satisfies Widget).load(readingCtx(ctx, actor, scopes)),
        since === undefined ? {} : { since },
      ),
    ),
  );
  const now = Date.now();
  const oldest = Math.min(now, ...read.map(({ at }) => at));
  return {
    generated_at: formatInstant(Temporal.Instant.fromEpochMilliseconds(oldest), config.timeZone),
    cached: read.some(({ cached }) => cached),
    age_seconds: Math.floor((now - oldest) / 1000),
    role: actor.role,
    widgets: Object.fromEntries(mine.map(({ widget }, i) => [widget.name, read[i]?.value])),
  };
}

/** A copy so young is not read again, in ms: pressing the button twice costs one reading. */
const JUST_NOW = 500;

/** The caller's widgets, read anew. */
export const refreshDashboard = (ctx: Ctx) => readDashboard(ctx, { since: Date.now() - JUST_NOW });
