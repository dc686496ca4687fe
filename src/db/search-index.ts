import { and, eq, inArray, sql } from 'drizzle-orm';
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
import { isNumber, wordsOf } from '../search-text.ts';

/*
 * What finds a few records among a million by a part of a name, on MySQL and MariaDB alike. People share names, so a
 * million of them have only some ten thousand different words. Three things are kept:
 *
 * - the record's text (`search-text.ts`), which alone says what matches;
 * - `<name>_words`: each word of the text with the record; a number also backwards, marked `<`: it is found by its
 *   beginning and by its end;
 * - `<name>_word_parts`: for each different word with a letter, what is left of it from each of its letters: `rosa`,
 *   `osa`, `sa`, `a`. A part of a name is the beginning of one of these.
 *
 * Both tables follow from the texts (`indexTexts` keeps them so, `manage reindex` makes them anew).
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
 * Makes the index follow texts that this transaction writes, in two statements or three; '' is a text that was not or
 * will not be there.
 */
export async function indexTexts(
  tx: Ctx,
  { words, parts }: SearchIndex,
  changes: readonly TextChange[],
): Promise<void> {
  const come: [word: string, latest: number][] = [];
  for (const { id, before, after } of changes) {
    const [old, now] = [indexedWords(before), indexedWords(after)].map((all) => new Set(all)) as Pair;
    const gone = [...old.difference(now)];
    if (gone.length > 0)
      await tx.db.delete(words).where(and(eq(words.latest, -id), inArray(words.word, gone)));
    for (const word of now.difference(old)) come.push([word, -id]);
  }
  if (come.length === 0) return;
  await insertRows(tx, words, come);
  await learn(tx, parts, [...new Set(come.map(([word]) => word))].filter(hasLetter));
}

type Pair = [Set<string>, Set<string>];

/** Adds the parts of words that nobody had yet. */
async function learn(tx: Ctx, parts: SearchIndex['parts'], all: string[]): Promise<void> {
  if (all.length === 0) return;
  const known = await tx.db
    .select({ word: parts.word })
    .from(parts)
    .where(and(inArray(parts.part, all), eq(parts.part, parts.word)));
  const isKnown = new Set(known.map(({ word }) => word));
  const unknown = all.filter((word) => !isKnown.has(word));
  await insertRows(
    tx,
    parts,
    unknown.flatMap((word) => partsOf(word).map((part): [string, string] => [part, word])),
  );
}

const ROWS_PER_STATEMENT = 5_000;

/**
 * Inserts rows that are not there yet, many to a statement, in the order of the key: two who add the same words wait
 * for each other in turn, not in a circle.
 */
async function insertRows(tx: Ctx, table: MySqlTable, rows: [string, string | number][]): Promise<void> {
  rows.sort(([a, x], [b, y]) => (a < b ? -1 : a > b ? 1 : x < y ? -1 : 1));
  for (let from = 0; from < rows.length; from += ROWS_PER_STATEMENT) {
    const values = rows
      .slice(from, from + ROWS_PER_STATEMENT)
      .map((row) => `(${row.map((value) => escape(value)).join()})`);
    await tx.db.execute(sql`insert ignore into ${table} values ${sql.raw(values.join(','))}`);
  }
}

/** What `<name>_words` has of a text. */
export const indexedWords = (text: string): string[] =>
  wordsOf(text)
    .map(cut)
    .flatMap((word) => (isNumber(word) ? [word, backwards(word)] : [word]));

/** What `<name>_word_parts` has of a word. */
const partsOf = (word: string): string[] => {
  const letters = [...word];
  return letters.map((_, from) => letters.slice(from).join(''));
};

export const cut = (word: string): string => [...word].slice(0, INDEXED_LETTERS).join('');
export const backwards = (number: string): string => `<${[...number].toReversed().join('')}`;
const hasLetter = (word: string): boolean => !isNumber(word.replace('<', ''));
