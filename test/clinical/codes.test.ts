import { afterAll, beforeAll, expect, test } from 'bun:test';
import { cie10 } from '../../src/modules/clinical/cie10.ts';
import { CODES, ensureDiagnosisCodes } from '../../src/modules/clinical/fill-codes.ts';
import { withAccents } from '../../src/modules/clinical/spelling.ts';
import { diagnosisCodes } from '../../src/modules/clinical/tables.ts';
import { type Client, startTestApp, type TestApp } from '../harness.ts';

let app: TestApp;
let client: Client;

beforeAll(async () => {
  app = await startTestApp();
  await Promise.all([1, 2].map(() => ensureDiagnosisCodes(app.ctx())));
  client = await app.as('receptionist');
});
afterAll(() => app.close());

const find = async (search: string) =>
  (await client.request('GET', `/api/diagnosis-codes/?page_size=100&search=${encodeURIComponent(search)}`))
    .json;

test('the whole classification is there, once, however many ask for it', async () => {
  expect(cie10).toHaveLength(CODES);
  await ensureDiagnosisCodes(app.ctx());
  expect(await app.services.db.$count(diagnosisCodes)).toBe(CODES);
  expect(cie10.filter(({ code }) => code.length === 3).length).toBeGreaterThan(2_000);
  expect(cie10.every(({ code }) => /^[A-Z]\d\d(\.\d)?$/.test(code))).toBeTrue();
});

test('is searched by code, with and without its point', async () => {
  expect((await find('m54.5')).results).toEqual([{ code: 'M54.5', name: 'Lumbago no especificado' }]);
  expect((await find('M545')).results).toEqual([{ code: 'M54.5', name: 'Lumbago no especificado' }]);
  expect((await find('M54')).results.map(({ code }: { code: string }) => code)).toContain('M54');
});

test('is searched by words of the name, without accents or case, in any order', async () => {
  const plain = await find('panico trastorno');
  const accented = await find('TRASTORNO pánico');
  expect(plain).toEqual({ ...accented, next: plain.next });
  expect(plain.results).toContainEqual({
    code: 'F41.0',
    name: 'Trastorno de pánico [ansiedad paroxística episódica]',
  });
  expect((await find('no hay tal cosa')).results).toEqual([]);
});

test('pages through all of it', async () => {
  const { json } = await client.request('GET', '/api/diagnosis-codes/?page_size=1&ordering=-code');
  expect(json).toMatchObject({ count: CODES, results: [{ code: 'Z99.9' }] });
});

test.each([
  ['Infeccion por estreptococo', 'Infección por estreptococo'],
  ['Colera debido a vibrio cholerae', 'Cólera debido a vibrio cholerae'],
  ['Sindrome nefrotico cronico', 'Síndrome nefrótico crónico'],
  ['Musculo, articulacion y vertebra', 'Músculo, articulación y vértebra'],
  ['Polineuropatia farmaceutica', 'Polineuropatía farmacéutica'],
  ['Periodo posmenopausico', 'Período posmenopáusico'],
  ['Migraña que se complica', 'Migraña que se complica'],
  ['Fractura del pie', 'Fractura del pie'],
])('spells "%s" as "%s"', (packaged, spelled) => {
  expect(withAccents(packaged)).toBe(spelled);
});
