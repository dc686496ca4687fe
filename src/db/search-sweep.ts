import { and, asc, eq, gt, inArray, isNull, lt, or, type SQL, sql } from 'drizzle-orm';
import { type Ctx, transaction } from '../context.ts';
import { forgetUnused, indexedWords, type SearchIndex } from './search-index.ts';

const BATCH = 5_000;

type Place = { word: string; latest: number };
type Told = (what: string, count: number) => void;

/**
 * Removes what the index has beyond the records' texts: words that a text no longer has, and the parts of words that
 * nobody has. Small transactions beside a running service; returns how many words of records and of all went.
 */
export async function sweepIndex(
  ctx: Ctx,
  index: SearchIndex,
  told: Told,
): Promise<{ rows: number; words: number }> {
  return { rows: await sweepWords(ctx, index, told), words: await sweepParts(ctx, index, told) };
}

async function sweepWords(ctx: Ctx, index: SearchIndex, told: Told): Promise<number> {
  const { words } = index;
  const after = (place?: Place) => place && beyond(words, gt, place);
  let removed = 0;
  let start: Place | undefined;
  for (let seen = BATCH; ; seen += BATCH) {
    const [end] = await ctx.db
      .select({ word: words.word, latest: words.latest })
      .from(words)
      .where(after(start))
      .orderBy(words.word, words.latest)
      .limit(1)
      .offset(BATCH);
    const some = await ctx.db
      .select({ word: words.word, latest: words.latest })
      .from(words)
      .leftJoin(index.table, eq(index.id, sql`-${words.latest}`))
      .where(and(after(start), end && beyond(words, lt, end), isDoubtful(index)));
    if (some.length > 0) removed += await transaction(ctx, (tx) => removeStrays(tx, index, some));
    told('words looked at', seen);
    if (!end) return removed;
    start = end;
  }
}

/** WHERE: the row comes before (`lt`) or after (`gt`) this one in the order of the key. */
const beyond = (words: SearchIndex['words'], than: typeof lt, { word, latest }: Place): SQL | undefined =>
  or(than(words.word, word), and(eq(words.word, word), than(words.latest, latest)));

/** WHERE: the text does not have the word as the database sees it; {@link removeStrays} knows exactly. */
const isDoubtful = ({ words, text }: SearchIndex): SQL | undefined =>
  or(
    isNull(text),
    sql`locate(concat(' ', if(${words.word} like '<%', reverse(substr(${words.word}, 2)), ${words.word}), ' '), ${text}) = 0`,
  );

/** Removes those of the rows whose record has no such word now, while nobody changes the records. */
async function removeStrays(
  tx: Ctx,
  { table, id, text, words }: SearchIndex,
  some: Place[],
): Promise<number> {
  const ids = [...new Set(some.map(({ latest }) => -latest))];
  const records = await tx.db.select({ id, text }).from(table).where(inArray(id, ids)).for('update');
  const wordsOf = new Map(
    records.map((row) => [row.id as number, new Set(indexedWords(row.text as string))]),
  );
  const strays = some.filter(({ word, latest }) => !wordsOf.get(-latest)?.has(word));
  for (const { word, latest } of strays) {
    await tx.db.delete(words).where(and(eq(words.word, word), eq(words.latest, latest)));
  }
  return strays.length;
}

async function sweepParts(ctx: Ctx, index: SearchIndex, told: Told): Promise<number> {
  const { parts } = index;
  let removed = 0;
  let last = '';
  for (let seen = 0; ;) {
    const some = await ctx.db
      .select({ word: parts.word })
      .from(parts)
      .where(and(gt(parts.part, last), eq(parts.part, parts.word)))
      .orderBy(asc(parts.part))
      .limit(BATCH);
    if (some.length === 0) return removed;
    const all = some.map(({ word }) => word);
    removed += await transaction(ctx, (tx) => forgetUnused(tx, index, all));
    seen += some.length;
    told('different words looked at', seen);
    last = all.at(-1) ?? last;
  }
}
