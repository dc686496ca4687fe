import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import { asc, eq } from 'drizzle-orm';
import { transaction } from '../../src/context.ts';
import { forgetUnused, indexTexts } from '../../src/db/search-index.ts';
import { sweepIndex } from '../../src/db/search-sweep.ts';
import { patientSearch } from '../../src/modules/patients/patient-search.ts';
import { ensurePatientsIndexed, reindexPatients } from '../../src/modules/patients/reindex.ts';
import { patients } from '../../src/modules/patients/tables.ts';
import { patientWordParts, patientWords } from '../../src/modules/search/tables.ts';
import { type Client, startTestApp, type TestApp } from '../harness.ts';

let app: TestApp;
let desk: Client;
let ids: number[];

beforeAll(async () => {
  app = await startTestApp();
  desk = await app.as('receptionist');
  ids = [
    await app.patient({ firstName: 'Ana María', paternalLastName: 'Quiñones', documentNumber: '70111222' }),
    await app.patient({ firstName: 'Ignacio', paternalLastName: 'Quiñones', phone: null }),
  ];
});
afterAll(() => app.close());
beforeEach(() => reindexPatients(app.ctx(), silent));

const silent = () => undefined;
const found = async (search: string): Promise<number[]> =>
  (await desk.request('GET', `/api/patients/?search=${encodeURIComponent(search)}`)).json.results.map(
    (row: { id: number }) => row.id,
  );
const index = async () => ({
  words: await app.services.db.select().from(patientWords).orderBy(patientWords.word, patientWords.latest),
  parts: await app.services.db
    .select()
    .from(patientWordParts)
    .orderBy(patientWordParts.part, patientWordParts.word),
});
const sweep = () => sweepIndex(app.ctx(), patientSearch, silent);

const partsLeft = async (word: string) =>
  (await app.services.db.select().from(patientWordParts).where(eq(patientWordParts.word, word))).length;
const rename = async (id: number, first_name: string) =>
  expect((await desk.request('PATCH', `/api/patients/${id}/`, { body: { first_name } })).status).toBe(200);

describe('indexing anew', () => {
  test('changes nothing of an index that is as it should be', async () => {
    const before = await index();
    expect(await reindexPatients(app.ctx(), silent)).toEqual({ patients: ids.length, texts: 0 });
    expect(await sweep()).toEqual({ rows: 0, words: 0 });
    expect(await index()).toEqual(before);
  });

  test('makes an index that was emptied or is wrong as it was, and texts that were changed by hand', async () => {
    const { db } = app.services;
    const before = await index();
    await db.delete(patientWords);
    await db.delete(patientWordParts);
    await db.update(patients).set({ searchText: ' otra forma ' });
    expect(await found('quiñones')).toEqual([]);
    expect(await reindexPatients(app.ctx(), silent)).toEqual({ patients: ids.length, texts: ids.length });
    expect(await index()).toEqual(before);
    await db.update(patientWords).set({ signature: 0n });
    expect(await found('ana quiñones')).toEqual([]);
    await reindexPatients(app.ctx(), silent);
    expect(await index()).toEqual(before);
    expect(await found('quiñ')).toEqual(ids.toReversed());
    expect(await found('ana quiñones')).toEqual([ids[0] ?? 0]);
  });

  test('goes on from an id', async () => {
    const [first = 0, second = 0] = ids;
    await app.services.db.delete(patientWords);
    const told: number[] = [];
    expect(await reindexPatients(app.ctx(), (id) => told.push(id), first)).toMatchObject({ patients: 1 });
    expect(told).toEqual([first]);
    expect(await found('quiñones')).toEqual([first]);
    await reindexPatients(app.ctx(), silent);
    expect(await found('quiñones')).toEqual([second, first]);
  });

  test('removes words that a record does not have, and the letters of words that nobody has', async () => {
    const before = await index();
    const [id = 0] = ids;
    await indexTexts(app.ctx(), patientSearch, [{ id, before: '', after: ' borrada ' }]);
    await indexTexts(app.ctx(), patientSearch, [
      { id: 999_999, before: '', after: ' borrada 55512345 quinones ' },
    ]);
    await reindexPatients(app.ctx(), silent);
    expect(await sweep()).toEqual({ rows: 5, words: 1 });
    expect(await index()).toEqual(before);
    expect(await partsLeft('borrada')).toBe(0);
  });
});

describe('at the start', () => {
  test('the patients of a database without an index, or with half of one, are indexed', async () => {
    const { db } = app.services;
    const before = await index();
    await db.delete(patientWords);
    await db.delete(patientWordParts);
    await ensurePatientsIndexed(app.ctx());
    expect(await index()).toEqual(before);
    const [first] = await db.select().from(patients).orderBy(asc(patients.id)).limit(1);
    await db.delete(patientWords).where(eq(patientWords.latest, -(first?.id ?? 0)));
    await ensurePatientsIndexed(app.ctx());
    expect(await index()).toEqual(before);
  });
});

describe('a word that nobody has any more', () => {
  test('goes with the last record that had it', async () => {
    const [one, other] = [
      await app.patient({ firstName: 'Hermenegilda' }),
      await app.patient({ firstName: 'Hermenegilda' }),
    ];
    await rename(one, 'Rosa');
    expect([await partsLeft('hermenegilda'), await found('menegil')]).toEqual([12, [other]]);
    await rename(other, 'Rosa');
    expect([await partsLeft('hermenegilda'), await partsLeft('rosa')]).toEqual([0, 4]);
    ids.push(one, other);
  });

  test('stays when somebody gets it at the same moment', async () => {
    const leaving = await app.patient({ firstName: 'Clodomira' });
    const coming = await app.patient();
    ids.push(leaving, coming);
    const { promise: hasCome, resolve: come } = Promise.withResolvers<void>();
    const { promise: mayCommit, resolve: commit } = Promise.withResolvers<void>();
    const arrival = transaction(app.ctx(), async (tx) => {
      await indexTexts(tx, patientSearch, [{ id: coming, before: '', after: ' clodomira ' }]);
      come();
      await mayCommit;
    });
    await hasCome;
    const departure = transaction(app.ctx(), async (tx) => {
      await tx.db.delete(patientWords).where(eq(patientWords.latest, -leaving));
      return forgetUnused(tx, patientSearch, ['clodomira']);
    });
    await Bun.sleep(200);
    commit();
    await arrival;
    expect([await departure, await partsLeft('clodomira')]).toEqual([0, 9]);
    const left = await app.services.db.select().from(patientWords).where(eq(patientWords.word, 'clodomira'));
    expect(left.map(({ latest }) => latest)).toEqual([-coming]);
  });
});
