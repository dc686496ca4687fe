import { afterAll, beforeAll, beforeEach, expect, test } from 'bun:test';
import { sql } from 'drizzle-orm';
import { mysqlTable, varchar } from 'drizzle-orm/mysql-core';
import { connectDatabase, type Database, type DatabasePool } from '../../src/db/client.ts';
import { Closing } from '../../src/db/closing.ts';
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

test('a statement can be repeated in a packet and in the next ones, also after a packet that failed', async () => {
  const say = statement((db) =>
    db
      .select({
        number: sql<number>`${sql.placeholder('number')} + 1`,
        text: sql`${sql.placeholder('text')}`,
      })
      .from(sql`(select 1) as one`),
  );
  for (const word of ['one', 'two']) {
    const twice = pool.transact((db) =>
      Promise.all([insertWord(db, { word }), insertWord(db, { word }), say(db, { number: 1, text: '' })]),
    );
    expect(await twice.catch((error: unknown) => error)).toMatchObject({ code: 'ER_DUP_ENTRY' });
    const answers = await pool.transact((db) =>
      Promise.all([say(db, { number: 1, text: "`?'\\ñ" }), say(db, { number: 2, text: null })]),
    );
    expect(answers).toEqual([[{ number: 2, text: "`?'\\ñ" }], [{ number: 3, text: null }]]);
  }
});

test('a value can be a list', async () => {
  const findAll = statement((db) =>
    db
      .select({ word: words.word })
      .from(words)
      .where(sql`${words.word} in (${sql.placeholder('words')})`)
      .orderBy(words.id),
  );
  const found = await pool.transact(async (db) => {
    await Promise.all([insertWord(db, { word: 'one' }), insertWord(db, { word: 'two' })]);
    return Promise.all([findAll(db, { words: ['one', 'two', 'three'] }), findAll(db, { words: ['two'] })]);
  });
  expect(found).toEqual([[{ word: 'one' }, { word: 'two' }], [{ word: 'two' }]]);
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

const lineOf = (db: Database) =>
  db.select({ line: sql<string>`repeat('x', ${sql.placeholder('length')})` }).from(sql`(select 1) as one`);
const earlyLine = statement(lineOf, 'early');
const line = statement(lineOf);
const pause = statement((db) =>
  db.select({ done: sql`sleep(${sql.placeholder('seconds')})` }).from(sql`(select 1) as one`),
);
/** More than the server keeps back before it sends. */
const LONG = 100_000;

test('an early one is answered before those behind it', async () => {
  const order: string[] = [];
  const note = (name: string) => () => void order.push(name);
  await pool.transact(async (db) => {
    await Promise.all([
      line(db, { length: 1 }).then(note('plain')),
      earlyLine(db, { length: LONG }).then(([row]) => order.push(`early ${row?.line.length}`)),
      line(db, { length: LONG }).then(note('behind')),
      pause(db, { seconds: 0.2 }).then(note('last')),
    ]);
  });
  expect(order).toEqual([`early ${LONG}`, 'plain', 'behind', 'last']);
});

test('when one behind an early one fails, those without an answer reject', async () => {
  const refused = pool.transact(async (db) => {
    const [early, ...others] = await Promise.allSettled([
      earlyLine(db, { length: 3 }),
      insertWord(db, { word: 'one' }),
      insertWord(db, { word: 'one' }),
      line(db, { length: 1 }),
    ]);
    expect(early.status).toBe('fulfilled');
    expect(others.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    throw new Error('no');
  });
  const refusal: unknown = await refused.catch((error: unknown) => error);
  expect(refusal).toMatchObject({ message: 'no' });
  expect(await pool.db.$count(words)).toBe(0);
});

test('a packet with an early one rejects when its connection is lost, and so does the next', async () => {
  const connectionId = statement((db) =>
    db.select({ id: sql<number>`connection_id()` }).from(sql`(select ${sql.placeholder('one')}) as one`),
  );
  const lost = pool.transact(async (db) => {
    const [own] = await connectionId(db, { one: 1 });
    const outcomes = Promise.allSettled([earlyLine(db, { length: 3 }), pause(db, { seconds: 20 })]);
    await Bun.sleep(50);
    await pool.db.execute(sql.raw(`kill ${own?.id}`));
    const [, behind] = await outcomes;
    expect(behind.status).toBe('rejected');
    await earlyLine(db, { length: 3 });
  });
  const refusal: unknown = await lost.catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(Error);
  const [alive] = await pool.transact((db) => earlyLine(db, { length: 3 }));
  expect(alive?.line).toBe('xxx');
});

const insertPrepared = statement(
  (db) => db.insert(words).values({ word: sql`${sql.placeholder('word')}` }),
  'binary',
);

test('what is asked in another way goes behind what waits', async () => {
  const [, counted] = await pool.transact((db) =>
    Promise.all([insertWord(db, { word: 'one' }), db.execute(sql`select count(*) as n from packet_words`)]),
  );
  expect(counted[0]).toMatchObject([{ n: 1 }]);
});

test.each([
  ['a plain statement', (db: Database) => insertWord(db, { word: 'one' })],
  ['a prepared one', (db: Database) => insertPrepared(db, { word: 'one' })],
  ['one of the query builder', (db: Database) => db.insert(words).values({ word: 'one' })],
  ['a text', (db: Database) => db.execute(sql`insert into packet_words (word) values ('one')`)],
])('a transaction that begins with %s takes it back', async (_, begin) => {
  const given = pool.transact(async (db) => {
    await begin(db);
    throw new Error('no');
  });
  const refusal: unknown = await given.catch((error: unknown) => error);
  expect(refusal).toMatchObject({ message: 'no' });
  expect(await pool.db.$count(words)).toBe(0);
});

test('the last statements are done with the commit, and their answers make the result', async () => {
  const result = await pool.transact(async (db) => {
    await insertWord(db, { word: 'one' });
    return new Closing(async () => {
      const ids = await Promise.all([insertWord(db, { word: 'two' }), insertWord(db, { word: 'three' })]);
      return { ids, committed: await pool.db.$count(words) };
    });
  });
  expect(result).toEqual({ ids: [expect.any(Number), expect.any(Number)], committed: 3 });
});

test('when one of the last fails, nothing is committed', async () => {
  const refused = pool.transact(async (db) => {
    await insertWord(db, { word: 'one' });
    return new Closing(() => Promise.all([insertWord(db, { word: 'two' }), insertWord(db, { word: 'one' })]));
  });
  const refusal: unknown = await refused.catch((error: unknown) => error);
  expect(refusal).toMatchObject({ code: 'ER_DUP_ENTRY' });
  expect(await pool.db.$count(words)).toBe(0);
});
