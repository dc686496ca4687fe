import type { Ctx, Services } from '../context.ts';

/** A small table's content, read at most every so often; `forget` after this process has changed it. */
export type Remembered<T> = { get: (ctx: Ctx) => Promise<T>; forget: (ctx: Ctx) => void };

/**
 * Remembers what `load` reads for `ms`: for catalogues that every row of a list needs and that change once a year.
 * A change on another instance is seen here at most `ms` later. Every caller loads on its own connection: one inside
 * a transaction that waited for another's would hold a connection while it waits for one.
 */
export function remembered<T>(ms: number, load: (ctx: Ctx) => Promise<T>): Remembered<T> {
  const known = new WeakMap<Services, { until: number; value: T }>();
  return {
    get: async (ctx) => {
      const one = known.get(ctx.services);
      if (one && Date.now() < one.until) return one.value;
      // Until the new value is there, those who come meanwhile go on with the old one.
      if (one) one.until = Date.now() + ms;
      const value = await load(ctx);
      known.set(ctx.services, { until: Date.now() + ms, value });
      return value;
    },
    forget: (ctx) => {
      known.delete(ctx.services);
    },
  };
}
