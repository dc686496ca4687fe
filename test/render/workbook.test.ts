import { readXlsx } from 'hucre/xlsx';
import { expect, test } from 'bun:test';
import type { Column, Heading } from '../../src/render/document.ts';
import { sheetOf, writeWorkbook } from '../../src/render/workbook.ts';

const HEADING: Heading = {
  language: 'es',
  currency: 'PEN',
  company: ['Clínica'],
  title: 'Caja',
  facts: [['Fecha', '22/11/2026']],
};
const column = (label: string, type: Column['type']): Column => ({ label, type, width: 12, align: 'left' });
const COLUMNS = [column('Nombre', 'text'), column('Día', 'date'), column('Monto', 'money')];

async function read(...sheets: Parameters<typeof writeWorkbook>[1][]) {
  const pieces = await Array.fromAsync(writeWorkbook(HEADING, sheets.flat()));
  const { sheets: written } = await readXlsx(Buffer.concat(pieces));
  return written;
}

test('a workbook has every text as it was, whatever letters are in it', async () => {
  const texts = ['  Ñandú & hijos ', '<b>"Łukasz"</b>', 'uno\ndos\ttres', 'a\u0001b\u001Fc\r', '_x0041_', ''];
  const rows = texts.map((text) => [text, '2026-11-22', '-50.10']);
  const [list] = await read([
    sheetOf({ title: 'Lista', columns: COLUMNS, rows, totals: [null, null, '-300.60'] }),
  ]);
  expect(list?.rows.slice(1, -1).map(([text]) => text ?? '')).toEqual(texts);
  expect(list?.rows[1]?.slice(1)).toEqual([new Date('2026-11-22'), -50.1]);
  expect(list?.rows.at(-1)).toEqual(['TOTAL', null, -300.6]);
});

test('a list that comes some rows at a time has all its rows, and the sheets behind it', async () => {
  const batches = Array.from({ length: 7 }, (_, batch) =>
    Array.from({ length: 1_000 }, (__, row) => [`Fila ${batch * 1_000 + row}`, null, '1.00']),
  );
  const long = { title: 'Citas', columns: COLUMNS, totals: null, size: 7_000, batches };
  const short = sheetOf({ title: 'Citas', columns: COLUMNS.slice(0, 1), rows: [], totals: null });
  const written = await read([long, short]);
  expect(written.map(({ name }) => name)).toEqual(['Citas', 'Citas 2', 'Información']);
  expect(written[0]?.rows.slice(1).map(([text]) => text)).toEqual(
    batches.flat().map(([text]) => text ?? null),
  );
  expect(written[1]?.rows).toEqual([['Nombre']]);
  expect(written[2]?.rows.at(-1)).toEqual(['Fecha', '22/11/2026']);
});
