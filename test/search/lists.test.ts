import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { asc, eq } from 'drizzle-orm';
import { indexedWords } from '../../src/db/search-index.ts';
import { MOST_FOUND } from '../../src/db/search.ts';
import { appointments } from '../../src/modules/appointments/tables.ts';
import { patients } from '../../src/modules/patients/tables.ts';
import { patientWordParts, patientWords } from '../../src/modules/search/tables.ts';
import { type Client, startTestApp, type TestApp, unique } from '../harness.ts';

let app: TestApp;
let desk: Client;
let admin: Client;

beforeAll(async () => {
  app = await startTestApp();
  desk = await app.as('receptionist');
  admin = await app.as('administrator');
});
afterAll(() => app.close());

const found = async (search: string, who: Client = desk, more = ''): Promise<number[]> => {
  const { status, json } = await who.request(
    'GET',
    `/api/patients/?search=${encodeURIComponent(search)}&page_size=100${more}`,
  );
  expect(status).toBe(200);
  return json.results.map((row: { id: number }) => row.id);
};

const rowsOf = async (id: number) =>
  (await app.services.db.select().from(patientWords).where(eq(patientWords.latest, -id))).map(
    ({ word }) => word,
  );
const textOf = async (id: number) =>
  (await app.services.db.select().from(patients).where(eq(patients.id, id)))[0]?.searchText ?? '';
const key = (word: string, id: number) => `${word} ${id}`;

const assertFollows = async (id: number) =>
  expect((await rowsOf(id)).toSorted()).toEqual(indexedWords(await textOf(id)).toSorted());

describe('a search of patients', () => {
  let munoz: number;
  let oconnor: number;

  beforeAll(async () => {
    munoz = await app.patient({
      firstName: 'María Ángela',
      paternalLastName: 'Muñoz',
      maternalLastName: 'Sæther',
      documentNumber: '70123456',
      phone: '+51 987 654 321',
    });
    oconnor = await app.patient({
      firstName: "D'Arcy",
      paternalLastName: "O'Connor-Ibáñez",
      maternalLastName: 'de la Ü',
      documentNumber: 'PE-88 990X'.replace(' ', ''),
      phone: '(01) 555-1234',
    });
    await app.patient({ firstName: 'Rosa', paternalLastName: 'Nadie', phone: null });
  });

  test.each([
    'muñoz',
    'MUNOZ',
    'muñ',
    'uno',
    'oz',
    'angela munoz',
    'Muñoz   Ángela',
    'ngel uñoz',
    'munoz munoz',
    'saether',
    '70123456',
    '70123',
    '3456',
    '987654321',
    '51987654321',
    '+51 987 654 321',
    '987 654 321',
    '987-654',
    '4321',
    'maria 70123456',
    'maria muñoz 987 654 321',
    'mari\u0301a',
  ])('%p finds Muñoz and nobody else', async (search) => {
    expect(await found(search)).toEqual([munoz]);
  });

  test.each([
    "o'connor",
    'O’CONNOR',
    'oconnor',
    "o'conn",
    'connor',
    'ibanez',
    'connor-ibañez',
    'ibáñez o´connor',
    'darcy',
    "d'arcy",
    'PE-88990X',
    '990x',
    '5551234',
    '(01) 555-1234',
  ])('%p finds O’Connor and nobody else', async (search) => {
    expect(await found(search)).toEqual([oconnor]);
  });

  test.each([
    'munoz connor',
    'muñoz%',
    'mu_oz',
    '%',
    '_',
    '%%',
    '\\',
    "'; drop table patients; --",
    '🙂',
    'munoz 🙂',
    '-',
    '"',
    'xyzzy',
    '70123457',
    '234567',
  ])('%p finds nobody', async (search) => {
    expect(await found(search)).toEqual([]);
  });

  test('takes one letter, and each further word narrows', async () => {
    expect(await found('x z')).toEqual([oconnor]);
    expect(await found('m')).toContain(munoz);
    expect(await found('m a n g e l s t')).toEqual([munoz]);
  });

  test('shows everybody when nothing is typed, and refuses what is too long', async () => {
    expect((await found('  ')).length).toBeGreaterThan(2);
    const { status } = await desk.request('GET', `/api/patients/?search=${'a'.repeat(101)}`);
    expect(status).toBe(400);
    expect(await found('a'.repeat(100))).toEqual([]);
  });

  test('keeps filters and ordering', async () => {
    const name = `Ordenada${'abcdefgh'[unique() % 8]}`;
    const [b, a] = [
      await app.patient({ firstName: 'Beta', paternalLastName: name, sex: 'F' }),
      await app.patient({ firstName: 'Alfa', paternalLastName: name, sex: 'M' }),
    ];
    expect(await found(name)).toEqual([a, b]);
    expect(await found(name, desk, '&ordering=-paternal_last_name')).toEqual([b, a]);
    expect(await found(name, desk, '&sex=F')).toEqual([b]);
  });
});

describe('a common name', () => {
  const COMMON = MOST_FOUND + 30;
  let women: number[];

  beforeAll(async () => {
    women = [];
    for (let i = 0; i < COMMON; i++) {
      women.push(
        await app.patient({
          firstName: 'Zoraida',
          paternalLastName: i % 2 ? 'Comunal' : 'Comunales',
          sex: i === 0 ? 'M' : 'F',
        }),
      );
    }
  });

  test('shows a bounded number, the latest of the word that was typed', async () => {
    const { json } = await desk.request('GET', '/api/patients/?search=zoraida&page_size=100');
    expect(json.count).toBe(MOST_FOUND);
    expect(json.results.map((row: { id: number }) => row.id)).toEqual(women.toReversed().slice(0, 100));
    const last = await desk.request('GET', '/api/patients/?search=zoraida&page_size=100&page=2');
    expect([last.json.results.length, last.json.next]).toEqual([100, null]);
  });

  test('is found in full by whoever narrows it', async () => {
    expect(await found('zoraida comunales')).toHaveLength(100);
    expect(await found('zoraida', desk, '&sex=M')).toEqual([women[0] ?? 0]);
  });

  test('shows a therapist the own patients, however many others have it', async () => {
    const therapist = await app.as('therapist');
    const dateTime = Temporal.Now.instant();
    await app.services.db.insert(appointments).values({
      therapistId: therapist.therapistId,
      patientId: women[1] ?? 0,
      dateTime,
      endsAt: dateTime.add({ hours: 1 }),
      duration: 60,
      price: '50.00',
    });
    expect(await found('zoraida', therapist)).toEqual([women[1] ?? 0]);
    expect(await found('zoraida', await app.as('patient'))).toEqual([]);
    const list = await desk.request('GET', '/api/appointments/?search=zoraida%20comunal');
    expect(list.json).toMatchObject({ count: 1, results: [{ patient_id: women[1] }] });
    expect((await desk.request('GET', '/api/appointments/?search=zoraida&status=completed')).json.count).toBe(
      0,
    );
  });
});

describe('the index', () => {
  test('follows registering, changing, deleting and restoring', async () => {
    const document = String(60_000_000 + unique());
    const body = { document_number: document, first_name: 'Eva', paternal_last_name: 'Antesina' };
    const { id } = (await desk.request('POST', '/api/patients/', { body })).json;
    await assertFollows(id);
    const path = `/api/patients/${id}/`;
    await desk.request('PATCH', path, { body: { paternal_last_name: 'Luegoína', phone: '999 111 222' } });
    await assertFollows(id);
    expect([await found('antesina'), await found('luegoina 999111222')]).toEqual([[], [id]]);
    await admin.request('DELETE', path);
    expect(await found('luegoina')).toEqual([]);
    expect(await found('luegoina', admin, '&deleted=true')).toEqual([id]);
    await admin.request('POST', `${path}restore/`);
    expect(await found('luegoina')).toEqual([id]);
    await assertFollows(id);
  });

  test('follows an account that a patient makes', async () => {
    const n = unique();
    const body = {
      username: `buscada${n}`,
      email: `buscada${n}@example.com`,
      password: 'Prueba-Segura-2026',
      password_confirm: 'Prueba-Segura-2026',
      first_name: 'Nélida',
      last_name: 'Registrada Ñopo',
      document_number: String(61_000_000 + n),
    };
    expect((await app.request('POST', '/api/auth/register/', { body })).status).toBe(201);
    const [id = 0] = await found('ñopo registrada');
    await assertFollows(id);
  });

  test('holds exactly the words of all texts, and every part of each', async () => {
    const all = await app.services.db.select().from(patients).orderBy(asc(patients.id));
    const rows = await app.services.db.select().from(patientWords);
    expect(rows.map(({ word, latest }) => key(word, -latest)).toSorted()).toEqual(
      all.flatMap(({ id, searchText }) => indexedWords(searchText).map((word) => key(word, id))).toSorted(),
    );
    const parts = await app.services.db
      .select()
      .from(patientWordParts)
      .where(eq(patientWordParts.word, 'zoraida'));
    expect(parts.map(({ part }) => part).toSorted()).toEqual([
      'a',
      'aida',
      'da',
      'ida',
      'oraida',
      'raida',
      'zoraida',
    ]);
  });

  test('is not harmed by people of one name who register at once', async () => {
    const bodies = Array.from({ length: 12 }, () => ({
      document_number: String(62_000_000 + unique()),
      first_name: 'Simultánea',
      paternal_last_name: 'Nuevísima',
      maternal_last_name: 'Gemelar',
    }));
    const answers = await Promise.all(bodies.map((body) => desk.request('POST', '/api/patients/', { body })));
    expect(answers.map(({ status }) => status)).toEqual(bodies.map(() => 201));
    expect(await found('gemelar nuevisima')).toHaveLength(bodies.length);
  });
});
