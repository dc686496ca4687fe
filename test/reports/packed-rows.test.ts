import { expect, test } from 'bun:test';
import { packedRows, type TextRow } from '../../src/modules/reports/packed-rows.ts';

type Person = TextRow<'name' | 'phone'>;

test('a row comes out as it went in', () => {
  const { add, get, has, size } = packedRows<'name' | 'phone', Person>(['name', 'phone']);
  const rows: Person[] = [
    { id: 7, name: 'Íñigo Łukasz 李 👩🏽‍⚕️', phone: null },
    { id: 3, name: '', phone: '+51 900\u0000,"' },
    { id: Number.MAX_SAFE_INTEGER, name: 'María', phone: '' },
  ];
  for (const row of rows) add(row);
  expect(rows.map(({ id }) => get(id))).toEqual(rows);
  expect(get(1)).toBeUndefined();
  expect([3, 1].map(has)).toEqual([true, false]);
  expect(size()).toBe(3);
});

const longRowOf = (id: number): Person => ({
  id,
  name: 'ñ'.repeat(id === 500 ? 1_500_000 : id),
  phone: `${id}`,
});

test('rows that fill many pieces of memory, and one that fits in none', () => {
  const { add, get } = packedRows<'name' | 'phone', Person>(['name', 'phone']);
  const ids = Array.from({ length: 2_500 }, (_, id) => id);
  for (const id of ids) add(longRowOf(id));
  expect(ids.filter((id) => !Bun.deepEquals(get(id), longRowOf(id)))).toEqual([]);
});
