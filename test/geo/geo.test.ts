import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { eq } from 'drizzle-orm';
import { ensureGeography, GEOGRAPHY, storedGeography } from '../../src/modules/geo/fill.ts';
import { countries, districts, provinces, regions } from '../../src/modules/geo/tables.ts';
import { type Client, startTestApp, type TestApp } from '../harness.ts';

let t: TestApp;
let client: Client;

beforeAll(async () => {
  t = await startTestApp();
  await Promise.all([1, 2, 3].map(() => ensureGeography(t.ctx())));
  client = await t.as('patient');
});
afterAll(() => t.close());

const get = async (path: string) => {
  const { status, json } = await client.request('GET', `/api/geo/${path}`);
  expect(status).toBe(200);
  return json;
};

const names = async (path: string): Promise<string[]> =>
  (await get(path)).results.map(({ name }: { name: string }) => name);

const count = async (path: string): Promise<number> => (await get(`${path}page_size=1`)).count;

const transact = () => Promise.reject(new Error('something was written'));

describe('filling the tables', () => {
  test('three instances at once leave one whole geography', async () => {
    expect(await storedGeography(t.ctx())).toEqual(GEOGRAPHY);
  });

  test('rows that went missing come back', async () => {
    await t.services.db.delete(districts);
    await ensureGeography(t.ctx());
    expect(await storedGeography(t.ctx())).toEqual(GEOGRAPHY);
  });

  test('a correction reaches a database that has every row', async () => {
    const { db } = t.services;
    const wrong = [
      db.update(regions).set({ name: 'Ancash' }).where(eq(regions.id, 2)),
      db.update(countries).set({ phonePrefix: '+15' }).where(eq(countries.id, 604)),
      db.update(provinces).set({ regionId: 1 }).where(eq(provinces.id, 1501)),
      db.update(districts).set({ searchName: 'otro' }).where(eq(districts.id, 150122)),
    ];
    for (const one of wrong) {
      await one;
      expect(await storedGeography(t.ctx())).not.toEqual(GEOGRAPHY);
      await ensureGeography(t.ctx());
      expect(await storedGeography(t.ctx())).toEqual(GEOGRAPHY);
    }
  });

  test('right tables are left alone', async () => {
    const ctx = t.ctx();
    await ensureGeography({ ...ctx, services: { ...ctx.services, transact } });
  });

  test('no code is without its parent, and every district is in the region of its province', async () => {
    const rows = await t.services.db.select().from(districts);
    for (const { id, provinceId, regionId } of rows) {
      expect([Math.floor(id / 100), Math.floor(id / 10_000)]).toEqual([provinceId, regionId]);
    }
  });
});

describe('places', () => {
  test.each([
    [
      'countries/604/',
      {
        id: 604,
        name: 'Perú',
        iso_alpha2: 'PE',
        iso_alpha3: 'PER',
        iso_numeric: '604',
        phone_prefix: '+51',
      },
    ],
    [
      'countries/32/',
      {
        id: 32,
        name: 'Argentina',
        iso_alpha2: 'AR',
        iso_alpha3: 'ARG',
        iso_numeric: '032',
        phone_prefix: '+54',
      },
    ],
    ['regions/2/', { id: 2, name: 'Áncash', ubigeo: '02', country_id: 604 }],
    ['regions/22/', { id: 22, name: 'San Martín', ubigeo: '22', country_id: 604 }],
    ['provinces/1501/', { id: 1501, name: 'Lima', ubigeo: '1501', region_id: 15 }],
    ['provinces/1505/', { id: 1505, name: 'Cañete', ubigeo: '1505', region_id: 15 }],
    ['provinces/701/', { id: 701, name: 'Callao', ubigeo: '0701', region_id: 7 }],
    ['provinces/408/', { id: 408, name: 'La Unión', ubigeo: '0408', region_id: 4 }],
    [
      'districts/150122/',
      { id: 150122, name: 'Miraflores', ubigeo: '150122', province_id: 1501, region_id: 15 },
    ],
    ['districts/10501/', { id: 10501, name: 'Lámud', ubigeo: '010501', province_id: 105, region_id: 1 }],
    [
      'districts/130112/',
      { id: 130112, name: 'Alto Trujillo', ubigeo: '130112', province_id: 1301, region_id: 13 },
    ],
  ])('%s', async (path, expected) => {
    expect(await get(path)).toEqual(expected);
  });

  test('every name is in proper capitals, without the marks of another language', async () => {
    const tables = [countries, regions, provinces, districts] as const;
    for (const table of tables) {
      for (const { name } of await t.services.db.select({ name: table.name }).from(table)) {
        expect(name).toMatch(/^\p{Lu}[\p{L}\p{M}' ().,-]*$/u);
        expect(name).not.toMatch(/\p{Lu}{2}|[àèìòù]| {2}/u);
      }
    }
  });
});

describe('lists', () => {
  test('are whole', async () => {
    expect(await count('countries/?')).toBe(249);
    expect(await count('regions/?')).toBe(25);
    expect(await count('provinces/?')).toBe(196);
    expect(await count('districts/?')).toBe(1_892);
  });

  test('are paged, by name, up to 100 a page', async () => {
    const page = await get('regions/?page_size=10&page=2');
    expect([page.count, page.results.length]).toEqual([25, 10]);
    expect(page.next).toEndWith('/api/geo/regions/?page_size=10&page=3');
    expect((await names('regions/?page_size=100')).slice(0, 3)).toEqual(['Amazonas', 'Áncash', 'Apurímac']);
    expect(await names('regions/?ordering=-id&page_size=2')).toEqual(['Ucayali', 'Tumbes']);
    expect((await client.request('GET', '/api/geo/districts/?page_size=101')).status).toBe(400);
  });

  test('are narrowed to the places above', async () => {
    expect(await count('provinces/?region=15&')).toBe(10);
    expect(await count('districts/?province=1501&')).toBe(43);
    expect(await count('districts/?region=7&')).toBe(7);
    expect(await count('districts/?country=604&')).toBe(1_892);
    expect(await count('provinces/?country=604&region=2&')).toBe(20);
    expect(await count('regions/?country=32&')).toBe(0);
    expect(await count('provinces/?country=32&')).toBe(0);
    expect(await count('districts/?region=15&province=801&')).toBe(0);
  });

  test('find names without accents, in any case', async () => {
    expect(await names('regions/?name=ancash')).toEqual(['Áncash']);
    expect(await names('provinces/?name=CANETE')).toEqual(['Cañete']);
    expect(await names('provinces/?name=%C3%91ete')).toEqual(['Cañete']);
    expect(await names('countries/?search=peru')).toEqual(['Perú']);
    expect(await names('districts/?search=lurigancho%20juan')).toEqual(['San Juan de Lurigancho']);
    expect(await names('districts/?name=miraflores&region=15')).toEqual([
      'Miraflores',
      'Miraflores',
      'San Juan de Miraflores',
    ]);
    expect(await names('districts/?name=%25')).toEqual([]);
  });

  test('refuse what is no id', async () => {
    const { status, json } = await client.request('GET', '/api/geo/districts/?region=Lima');
    expect([status, json.code]).toEqual([400, 'VALIDATION_ERROR']);
  });
});

describe('access and caching', () => {
  test.each(['countries/', 'regions/15/', 'provinces/', 'districts/150122/'])(
    'strangers are refused %s',
    async (path) => {
      const { status, json } = await t.request('GET', `/api/geo/${path}`);
      expect([status, json.code]).toEqual([401, 'AUTHENTICATION_REQUIRED']);
    },
  );

  test.each(['therapist', 'administrator', 'supervisor', 'receptionist'] as const)(
    '%s may look',
    async (role) => {
      const { request } = await t.as(role);
      expect((await request('GET', '/api/geo/regions/15/')).json.name).toBe('Lima');
    },
  );

  test.each(['countries/999/', 'regions/26/', 'provinces/1599/', 'districts/150199/'])(
    '%s is not found, and that answer is not kept',
    async (path) => {
      const { status, json, headers } = await client.request('GET', `/api/geo/${path}`);
      expect([status, json.code]).toEqual([404, 'NOT_FOUND']);
      expect(headers.get('cache-control')).toBe('no-store');
    },
  );

  test.each(['regions/', 'regions/15/'])('%s may be kept for an hour and is told unchanged', async (path) => {
    const first = await client.request('GET', `/api/geo/${path}`);
    expect(first.headers.get('cache-control')).toBe('private, max-age=3600');
    const again = await client.request('GET', `/api/geo/${path}`, {
      headers: { 'if-none-match': first.headers.get('etag') ?? '' },
    });
    expect([again.status, again.text]).toEqual([304, '']);
    expect(again.headers.get('cache-control')).toBe('private, max-age=3600');
  });
});
