import { afterAll, beforeAll, beforeEach, expect, test } from 'bun:test';
import { sql } from 'drizzle-orm';
import { mysqlTable, varchar } from 'drizzle-orm/mysql-core';
import { connectDatabase, type DatabasePool } from '../../src/db/client.ts';
import { id } from '../../src/db/columns.ts';
import { insertStatement, statement } from '../../src/db/statement.ts';
import { testDatabase } from '../services.ts';

const words = mysqlTable('packet_words', { id: id(), word: varchar({ length: 40 }).notNull().unique() });
const insertWord = insertStatement(words, ['word']);
const find = statement((db) =>
  db
    .select({ word: words.word })
    .from(words)
    .where(sql`${words.word} = ${sql.placeholder('word')}`),
);

let pool: DatabasePool;

beforeAll(async () => {
  pool = connectDatabase((await testDatabase({ empty: true })).url, 2);
  await pool.db.execute(
    sql`create table packet_words (id bigint unsigned auto_increment primary key, word varchar(40) not null unique)`,
  );
});
beforeEach(async () => {
  await pool.db.delete(words);
});
afterAll(() => pool.close());

test('statements that are issued at once each get their own answer, in order', async () => {
  const answers = await pool.transact((db) =>
    Promise.all([
      insertWord(db, { word: "it's; drop table packet_words" }),
      find(db, { word: "it's; drop table packet_words" }),
      insertWord(db, { word: '?' }),
      find(db, { word: 'none' }),
    ]),
  );
  const [first, found, second, none] = answers;
  expect(second).toBe(first + 1);
  expect(found).toEqual([{ word: "it's; drop table packet_words" }]);
  expect(none).toEqual([]);
  expect(await pool.db.$count(words)).toBe(2);
});

test('when one fails, those after it do not run and all reject', async () => {
  const outcomes: PromiseSettledResult<unknown>[] = [];
  const refused = pool.transact(async (db) => {
    const all = [
      insertWord(db, { word: 'one' }),
      insertWord(db, { word: 'one' }),
      insertWord(db, { word: 'two' }),
    ];
    outcomes.push(...(await Promise.allSettled(all)));
    await Promise.all(all);
  });
  const refusal: unknown = await refused.catch((error: unknown) => error);
  expect(refusal).toMatchObject({ code: 'ER_DUP_ENTRY' });
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  expect(await pool.db.$count(words)).toBe(0);
});
