import { count } from 'drizzle-orm';
import type { MySqlSelect } from 'drizzle-orm/mysql-core';
import type { Ctx } from '../context.ts';

/** The paging part of a list's query. */
export type PageQuery = { page: number; page_size: number };

/** A list's answer (contract, "Conventions"). */
export type Page<Item> = { count: number; next: string | null; previous: string | null; results: Item[] };

/** Up to here a count is exact at every request; above, it may be {@link COUNT_AGE_MS} old. */
const EXACT = 1_000;
const COUNT_AGE_MS = 5_000;
const counts = new Map<string, { at: number; value: Promise<number> }>();

type Source<Item> = {
  /** Names the list; with the query and the caller it names the count that may be reused. */
  name: string;
  /** One row per match: `select 1 … where …`, without order or limit. */
  matching: () => MySqlSelect;
  results: (limit: number, offset: number) => Promise<Item[]>;
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

async function countAll(ctx: Ctx, query: PageQuery, { name, matching }: Source<unknown>): Promise<number> {
  const { page: _, page_size: __, ...filters } = query;
  const who = ctx.scopes.includes('any') ? 'any' : ctx.actor;
  const key = JSON.stringify([name, filters, who]);
  const known = counts.get(key);
  if (known && Date.now() - known.at < COUNT_AGE_MS) return known.value;

  const some = await countOf(ctx, matching().limit(EXACT + 1));
  if (some <= EXACT) return some;
  if (counts.size > 1_000) counts.clear();
  const value = countOf(ctx, matching());
  counts.set(key, { at: Date.now(), value });
  value.catch(() => counts.delete(key));
  return value;
}

async function countOf(ctx: Ctx, matching: MySqlSelect): Promise<number> {
  const [row] = await ctx.db.select({ total: count() }).from(matching.as('matching'));
  return row?.total ?? 0;
}

function linkTo(ctx: Ctx, number: number): string {
  const url = new URL(ctx.url);
  url.searchParams.set('page', String(number));
  return url.href;
}

/** `LIKE` pattern for "contains", with the pattern's own signs taken literally. */
export const containing = (text: string): string => `%${text.replace(/[\\%_]/g, '\\$&')}%`;
