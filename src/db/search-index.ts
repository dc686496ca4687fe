import { and, eq, inArray, notExists, type SQL, sql } from 'drizzle-orm';
import {
  bigint,
  customType,
  type MySqlColumn,
  type MySqlTable,
  mysqlTable,
  primaryKey,
} from 'drizzle-orm/mysql-core';
import { escape } from 'mysql2';
import type { Ctx } from '../context.ts';
import { isNumber, signatureOf, wordsOf } from '../search-text.ts';

/*
 * What finds a few records among a million by a part of a name, on MySQL and MariaDB alike. People share names, so a
 * million of them have only some ten thousand different words. Three things are kept:
 *
 * - the record's text (`search-text.ts`), which alone says what matches;
 * - `<name>_words`: each word of the text with the record; a number also backwards, marked `<`: it is found by its
 *   beginning and by its end. With each goes the signature of the whole text (`signatureOf`): among fifty thousand
 *   with one name it tells without looking at their texts which cannot have the other;
 * - `<name>_word_parts`: for each different word with a letter, what is left of it from each of its letters: `rosa`,
 *   `osa`, `sa`, `a`. A part of a name is the beginning of one of these.
 *
 * Both tables follow from the texts: `indexTexts` keeps them so, `manage reindex` makes them so.
 */

/** Letters of a word that are indexed; the text decides about the rest. */
const INDEXED_LETTERS = 40;

/** Text that was made {@link plain}, compared as it is. */
export const plainText = (length: number) =>
  customType<{ data: string }>({ dataType: () => `varchar(${length}) collate utf8mb4_bin` })();

/** The two tables of a kind of record's index. */
export const wordTables = <Name extends string>(name: Name) => ({
  words: mysqlTable(
    `${name}_words`,
    {
      word: plainText(INDEXED_LETTERS + 1).notNull(),
      /** The record's id below zero: of a word the latest records come first. */
      latest: bigint({ mode: 'number' }).notNull(),
      signature: bigint({ mode: 'bigint', unsigned: true }).notNull(),
    },
    (t) => [primaryKey({ columns: [t.word, t.latest] })],
  ),
  parts: mysqlTable(
    `${name}_word_parts`,
    {
      part: plainText(INDEXED_LETTERS).notNull(),
      word: plainText(INDEXED_LETTERS).notNull(),
    },
    (t) => [primaryKey({ columns: [t.part, t.word] })],
  ),
});

/** A kind of record that is searched by its text. */
export type SearchIndex = ReturnType<typeof wordTables> & {
  table: MySqlTable;
  id: MySqlColumn;
  text: MySqlColumn;
  /** The table's index on id, deletion and text, which the texts are read off. */
  textIndex: string;
};

type TextChange = { id: number; before: string; after: string };

/**
 * Makes the index follow texts that this transaction writes; '' is a text that was not or will not be there. Words
 * that nobody has any more are forgotten.
 */
export async function indexTexts(tx: Ctx, index: SearchIndex, changes: readonly TextChange[]): Promise<void> {
  const { words, parts } = index;
  const come: WordRow[] = [];
  const lost = new Set<string>();
  for (const { id, before, after } of changes) {
    const [old, now] = [new Set(indexedWords(before)), new Set(indexedWords(after))];
    const gone = [...old.difference(now)];
    if (gone.length > 0)
      await tx.db.delete(words).where(and(eq(words.latest, -id), inArray(words.word, gone)));
    for (const word of gone) lost.add(word);
    const signature = signatureOf(after);
    const isSigned = signatureOf(before) === signature;
    for (const word of isSigned ? now.difference(old) : now) come.push([word, -id, signature]);
  }
  await insertRows(
    tx,
    words,
    come,
    sql`on duplicate key update ${words.signature} = values(${words.signature})`,
  );
  await learn(tx, parts, [...new Set(come.map(([word]) => word))]);
  await forgetUnused(tx, index, [...lost]);
}

type WordRow = [word: string, latest: number, signature: bigint];
type PartRow = [part: string, word: string];

/**
 * Adds the parts of words that nobody had yet. Those that are there are kept from {@link forgetUnused} until the
 * commit.
 */
async function learn(tx: Ctx, parts: SearchIndex['parts'], all: string[]): Promise<void> {
  const lettered = all.filter(hasLetter);
  if (lettered.length === 0) return;
  const [known] = await tx.db.execute(
    sql`select ${parts.word} as word from ${parts} where ${wholeWords(parts, lettered)} lock in share mode`,
  );
  const isKnown = new Set((known as unknown as { word: string }[]).map(({ word }) => word));
  const unknown = lettered.filter((word) => !isKnown.has(word));
  await insertRows(
    tx,
    parts,
    unknown.flatMap(partsOf),
    sql`on duplicate key update ${parts.word} = ${parts.word}`,
  );
}

/**
 * Forgets the parts of those of the words that no record has: the letters of an erased name are personal data, too.
 * Whoever registers somebody with such a word meanwhile is waited for, or finds it gone and adds it again.
 */
export async function forgetUnused(tx: Ctx, { words, parts }: SearchIndex, all: string[]): Promise<number> {
  const unused = (some: string[]) => {
    const record = tx.db
      .select({ one: sql`1` })
      .from(words)
      .where(eq(words.word, parts.word));
    return tx.db
      .select({ word: parts.word })
      .from(parts)
      .where(and(wholeWords(parts, some), notExists(record)));
  };
  const lettered = all.filter(hasLetter);
  if (lettered.length === 0) return 0;
  const seen = (await unused(lettered)).map(({ word }) => word);
  if (seen.length === 0) return 0;
  await tx.db.select({ word: parts.word }).from(parts).where(wholeWords(parts, seen)).for('update');
  const gone = (await unused(seen)).map(({ word }) => word);
  for (const word of gone) {
    const ofWord = partsOf(word).map(([part]) => part);
    await tx.db.delete(parts).where(and(inArray(parts.part, ofWord), eq(parts.word, word)));
  }
  return gone.length;
}

/** WHERE: the row that each of the words has for itself as its longest part. */
const wholeWords = (parts: SearchIndex['parts'], all: string[]) =>
  and(inArray(parts.part, all), eq(parts.part, parts.word));

const ROWS_PER_STATEMENT = 5_000;

/**
 * Inserts rows, many to a statement, in the order of the key: two who add the same words wait for each other in turn,
 * not in a circle. `again` says what becomes of those that are there.
 */
async function insertRows(
  tx: Ctx,
  table: MySqlTable,
  rows: (WordRow | PartRow)[],
  again: SQL,
): Promise<void> {
  rows.sort(([a, x], [b, y]) => (a < b ? -1 : a > b ? 1 : x < y ? -1 : 1));
  for (let from = 0; from < rows.length; from += ROWS_PER_STATEMENT) {
    const values = rows
      .slice(from, from + ROWS_PER_STATEMENT)
      .map((row) => `(${row.map((value) => escape(value)).join()})`);
    await tx.db.execute(sql`insert into ${table} values ${sql.raw(values.join(','))} ${again}`);
  }
}

/** What `<name>_words` has of a text. */
export const indexedWords = (text: string): string[] =>
  wordsOf(text)
    .map(cut)
    .flatMap((word) => (isNumber(word) ? [word, backwards(word)] : [word]));

/** What `<name>_word_parts` has of a word. */
const partsOf = (word: string): PartRow[] => {
  const letters = [...word];
  return letters.map((_, from) => [letters.slice(from).join(''), word]);
};

export const cut = (word: string): string => [...word].slice(0, INDEXED_LETTERS).join('');
export const backwards = (number: string): string => `<${[...number].toReversed().join('')}`;
const hasLetter = (word: string): boolean => !isNumber(word.replace('<', ''));
