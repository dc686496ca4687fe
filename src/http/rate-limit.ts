import type { Ctx } from '../context.ts';
import type { Count } from '../db/counters.ts';
import { AppError } from '../errors.ts';

/** What the caller may still do before having to wait; sent as `RateLimit-*` (contract, "Headers"). */
export type RateLimit = { limit: number; remaining: number; resetSeconds: number };

/**
 * Notes for the answer's headers how much of a limit is used.
 * @throws AppError RATE_LIMITED when the count is over it
 */
export function holdTo(ctx: Ctx, limit: number, { count, resetSeconds }: Count): void {
  const remaining = Math.max(0, limit - count);
  if (!ctx.rateLimit || remaining < ctx.rateLimit.remaining)
    ctx.rateLimit = { limit, remaining, resetSeconds };
  if (count > limit) throw new AppError('RATE_LIMITED', undefined, Math.max(1, resetSeconds));
}

/** The headers of a noted limit. */
export const rateLimitHeaders = ({ rateLimit }: Pick<Ctx, 'rateLimit'>): Record<string, string> =>
  rateLimit
    ? {
        'ratelimit-limit': String(rateLimit.limit),
        'ratelimit-remaining': String(rateLimit.remaining),
        'ratelimit-reset': String(rateLimit.resetSeconds),
      }
    : {};
