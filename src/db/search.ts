import { and, gte, inArray, like, lt, type Column, type SQL, sql } from 'drizzle-orm';
import type { Ctx } from '../context.ts';
import { isNumber, signatureOf, soughtWords, words } from '../search-text.ts';
import { endOfDay, startOfDay } from '../time.ts';
import { containing, literal } from './page.ts';
import { backwards, cut, type SearchIndex } from './search-index.ts';

/** WHERE: the text has every word of `search`, in any order, without regard to case or accents. */
export function containsWords(text: Column, search: string | undefined): SQL | undefined {
  return and(...words(search).map((word) => like(text, containing(word))));
}

/** WHERE: the search text has every word of `search`, as {@link searchFor} finds them, without an index. */
export const matchesSearch = (text: Column, search: string | undefined): SQL | undefined =>
  hasAll(text, soughtWords(search));

const hasAll = (text: Column, sought: string[]): SQL | undefined =>
  and(...sought.map((word) => matching(text, word)));

/** `LIKE` patterns of which a text that has the word matches one: a number is met at its beginning or its end. */
const patternsOf = (word: string): string[] =>
  isNumber(word) ? [`% ${word}%`, `%${word} %`] : [containing(word)];

/** Like the patterns; LOCATE takes MariaDB less than half as long. */
const matching = (text: Column, word: string): SQL => {
  const [part, end] = isNumber(word) ? [` ${word}`, `${word} `] : [word];
  const has = (sought: string) => sql`locate(${sought}, ${text}) > 0`;
  return end === undefined ? has(part) : sql`(${has(part)} or ${has(end)})`;
};

/** A search shows so many records at most: who is shown as many types another letter. */
export const MOST_FOUND = 200;

/** What a search found. */
export type Found = {
  /** The records that match, deleted ones included; of more than {@link MOST_FOUND}, some. */
  ids: number[];
  /** More than {@link MOST_FOUND} records match. */
  isCommon: boolean;
  /** WHERE: the text has every word. */
  matches: SQL | undefined;
  /** For prepared statements: the text matches one pattern of each word. */
  patterns: string[][];
};

/**
 * Looks for the records whose text has every word: a part of a name anywhere in it, a number at its beginning or its
 * end. Of more than {@link MOST_FOUND} it finds those first whose words begin with what was typed, the latest of each
 * word before the earlier ones. Undefined where nothing is searched for.
 */
export async function searchFor(
  ctx: Ctx,
  index: SearchIndex,
  search: string | undefined,
): Promise<Found | undefined> {
  const sought = soughtWords(search);
  if (sought.length === 0) return undefined;
  const ids = await idsWith(ctx, index, await rarest(ctx, index, sought), sought);
  return {
    ids: ids.slice(0, MOST_FOUND),
    isCommon: ids.length > MOST_FOUND,
    matches: hasAll(index.text, sought),
    patterns: sought.map(patternsOf),
  };
}

/**
 * WHERE: the record is among those found. Where further conditions hold (`isNarrowed`), what is common is found by the
 * text: the records that satisfy both need not be among those given by their ids.
 */
export function isFound(index: SearchIndex, found: Found, isNarrowed: boolean): SQL | undefined {
  if (found.isCommon && isNarrowed) return found.matches;
  return found.ids.length > 0 ? and(inArray(index.id, found.ids), found.matches) : sql`false`;
}

const startsWith = (column: Column, start: string): SQL => like(column, `${literal(start)}%`);

/** So far the records of a word are counted. */
const MOST_COUNTED = 2_000;

/**
 * The word to begin with: the one that the fewest records have. Where all are common, the shortest that a signature
 * knows, as it knows more about the longer ones.
 */
async function rarest(ctx: Ctx, index: SearchIndex, sought: string[]): Promise<string> {
  const [longest = '', ...others] = sought;
  if (others.length === 0) return longest;
  const known = sought.filter((word) => signatureOf(word) > 0n);
  const byUse = [...new Set([...known.toReversed(), ...sought])];
  const counts = byUse.map((word, place) => {
    const some = recordsWith(index, word, sql`1`, sql`limit ${MOST_COUNTED}`);
    return sql`select ${place} as place, count(*) as total from (${some}) as matching`;
  });
  const [rows] = await ctx.db.execute(
    sql`${sql.join(counts, sql` union all `)} order by total, place limit 1`,
  );
  const [row] = rows as unknown as { place: number }[];
  return byUse[row?.place ?? 0] ?? longest;
}

/** The ids of the records with all the words, read from those with the first; of more than {@link MOST_FOUND}, some. */
async function idsWith(ctx: Ctx, index: SearchIndex, first: string, sought: string[]): Promise<number[]> {
  const { id, table, text, textIndex, words } = index;
  const others = sought.filter((word) => word !== first);
  const signature = signatureOf(others.join(' '));
  const records =
    others.length === 0
      ? sql`limit ${MOST_FOUND + 1}`
      : sql`inner join ${table} force index (${sql.identifier(textIndex)})
          on ${words.signature} & ${signature} = ${signature} and ${id} = -${words.latest} and ${hasAll(text, others)}
          limit ${MOST_FOUND + 1}`;
  const [rows] = await ctx.db.execute(
    recordsWith(index, first, sql`distinct -${words.latest} as id`, records),
  );
  return [...new Set((rows as unknown as { id: number }[]).map(({ id: found }) => found))];
}

/**
 * SELECT of `what` for the records with the word, some of them more than once; `rest` follows the tables. The joins are
 * made in the order they stand in.
 */
function recordsWith({ words, parts }: SearchIndex, word: string, what: SQL, rest: SQL): SQL {
  const byPart = sql`(select straight_join ${what} from ${parts} inner join ${words}
    on ${words.word} = ${parts.word} and ${startsWith(parts.part, cut(word))} ${rest})`;
  if (!isNumber(word)) return byPart;
  const byEnds = [word, backwards(word)].map(
    (start) =>
      sql`(select straight_join ${what} from (select * from ${words} where ${startsWith(words.word, start)}) as ${words} ${rest})`,
  );
  return sql.join([...byEnds, byPart], sql` union all `);
}

type Days = { from: string | undefined; to: string | undefined };

/** WHERE: the instant is within these calendar days of the zone, both included. */
export const onDays = (instant: Column, { from, to }: Days, timeZone: string): SQL | undefined =>
  and(
    from === undefined ? undefined : gte(instant, startOfDay(from, timeZone)),
    to === undefined ? undefined : lt(instant, endOfDay(to, timeZone)),
  );
