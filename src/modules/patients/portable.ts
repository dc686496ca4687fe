import { toSnakeCase } from 'drizzle-orm/casing';
import type { Ctx } from '../../context.ts';
import { formatInstant } from '../../time.ts';

/** Rows as JSON for anybody to read: the columns' names, instants in the clinic's zone. */
export const portable = (ctx: Ctx, rows: readonly Record<string, unknown>[]): Record<string, unknown>[] =>
  rows.map((row) =>
    Object.fromEntries(
      Object.entries(row).map(([key, value]) => [
        toSnakeCase(key),
        value instanceof Temporal.Instant ? formatInstant(value, ctx.services.config.timeZone) : value,
      ]),
    ),
  );
