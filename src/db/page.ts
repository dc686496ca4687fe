import { count } from 'drizzle-orm';
import type { MySqlSelect } from 'drizzle-orm/mysql-core';
import type { Ctx } from '../context.ts';

/** The paging part of a list's query. */
export type PageQuery = { page: number; page_size: number };

/** A list's answer (contract, "Conventions"). */
export type Page<Item> = { count: number; next: string | null; previous: string | null; results: Item[] };

/** Up to here a count is exact at every request. */
const EXACT = 1_000;
/** A larger count is used for so long, and for as long again while a new one is made. */
const FRESH_MS = 5_000;

type Count = { at: number; value: number; renewing: boolean };
const countsOf = new WeakMap<object, Map<string, Count>>();

type Source<Item> = {
  /** Names the list; with the query and the caller it names the count that may be reused. */
  name: string;
  /** How many rows match, counting no further than `atMost`. */
  count: (atMost: number) => Promise<number>;
  results: (limit: number, offset: number) => Promise<Item[]>;
  /** Counts so far and no further. */
  bound?: number | undefined;
};

/**
 * One page and the count of all. A short page tells the count by itself; up to {@link EXACT} rows are counted at each
 * request; larger counts are reused for a few seconds, as counting a million rows costs more than all the rest.
 */
export async function page<Item>(ctx: Ctx, query: PageQuery, source: Source<Item>): Promise<Page<Item>> {
  const { page: number, page_size: size } = query;
  const offset = (number - 1) * size;
  const results = await source.results(size, offset);
  const isLast = results.length < size && (results.length > 0 || offset === 0);
  const total = isLast ? offset + results.length : await countAll(ctx, query, source);
  return {
    count: total,
    next: offset + size < total ? linkTo(ctx, number + 1) : null,
    previous: number > 1 ? linkTo(ctx, number - 1) : null,
    results,
  };
}

async function countAll(
  ctx: Ctx,
  query: PageQuery,
  { name, count, bound }: Source<unknown>,
): Promise<number> {
  if (bound !== undefined) return count(bound);
  const { page: _, page_size: __, ...filters } = query;
  const who = ctx.scopes.includes('any') ? 'any' : ctx.actor;
  const key = JSON.stringify([name, filters, who]);
  const counts = countsOf.get(ctx.services) ?? new Map<string, Count>();
  countsOf.set(ctx.services, counts);

  const known = counts.get(key);
  const age = known ? Date.now() - known.at : Infinity;
  if (known && age < FRESH_MS) return known.value;
  const renew = async () => {
    const at = Date.now();
    const value = await count(Number.MAX_SAFE_INTEGER);
    if (counts.size >= 1_000) counts.clear();
    counts.set(key, { at, value, renewing: false });
    return value;
  };
  if (known && age < 2 * FRESH_MS) {
    if (!known.renewing) {
      known.renewing = true;
      renew().catch(() => counts.delete(key));
    }
    return known.value;
  }
  const some = await count(EXACT + 1);
  return some <= EXACT ? some : renew();
}

/** Counts the rows of a `select … where …` for {@link page}. */
export async function countRows(ctx: Ctx, matching: MySqlSelect, atMost: number): Promise<number> {
  const [row] = await ctx.db.select({ total: count() }).from(matching.limit(atMost).as('matching'));
  return row?.total ?? 0;
}

function linkTo(ctx: Ctx, number: number): string {
  const url = new URL(ctx.url);
  url.searchParams.set('page', String(number));
  return url.href;
}

/** A text for a `LIKE` pattern: the pattern's own signs are taken literally. */
export const literal = (text: string): string => text.replace(/[\\%_]/g, '\\$&');

/** `LIKE` pattern for "contains". */
export const containing = (text: string): string => `%${literal(text)}%`;
