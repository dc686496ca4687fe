import type * as v from 'valibot';
import { user } from '../../access/ownership.ts';
import type { Ctx } from '../../context.ts';
import { soughtWords, wordsOf } from '../../search-text.ts';
import type { SearchQuery } from './schemas.ts';
import { TYPES } from './schemas.ts';
import { SOURCES } from './sources.ts';

/** Of each type the best of so many records are shown. */
const SHOWN = 10;
const JUDGED = 50;

/**
 * Records of several types that have every word of `q`, the best first: where it is a whole word, then where one begins
 * with it, then where it is within one. Types that the caller may not read are left out; of the others the caller finds
 * what their lists show.
 */
export async function searchAll(ctx: Ctx, { q, types = [...TYPES] }: v.InferOutput<typeof SearchQuery>) {
  const sought = soughtWords(q);
  const found = await Promise.all(
    TYPES.filter((type) => types.includes(type)).map(async (type) => {
      const { permission, find } = SOURCES[type];
      const scopes = ctx.services.access.scopesOf(user(ctx), permission);
      if (scopes.length === 0) return [];
      const hits = await find({ ...ctx, scopes }, { search: q, page: 1, page_size: JUDGED });
      return hits
        .map(({ text, ...hit }) => ({ type, ...hit, rank: rank(text, sought) }))
        .toSorted((a, b) => b.rank - a.rank)
        .slice(0, SHOWN);
    }),
  );
  const results = found.flat().toSorted((a, b) => b.rank - a.rank);
  return { results: results.map(({ rank: _, ...result }) => result) };
}

/** How well the words stand in the text: 3 for a whole word, 2 for a beginning, 1 for a part, on average. */
function rank(text: string, sought: string[]): number {
  const words = wordsOf(text);
  const ranks = sought.map((one) => {
    if (words.includes(one)) return 3;
    return words.some((word) => word.startsWith(one)) ? 2 : 1;
  });
  return ranks.reduce((sum, one) => sum + one, 0) / Math.max(1, ranks.length);
}
