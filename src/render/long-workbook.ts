import type { CellValue } from 'hucre';
import { writeXlsxStream } from 'hucre/xlsx';
import type { Language } from '../errors.ts';
import type { Cell, Table } from './document.ts';
import { NUMBER_FORMATS, sheetName, totalsOf, valueOf } from './spreadsheet.ts';

type List = Omit<Table, 'rows'>;

/** An Excel workbook of one list, written while its rows are read: memory stays flat, whatever their number. */
export const longWorkbook = (
  list: List,
  batches: AsyncIterable<readonly (readonly Cell[])[]>,
  language: Language,
): ReadableStream<Uint8Array> =>
  writeXlsxStream(rowsOf(list, batches, language), {
    name: sheetName(list.title, []),
    columns: list.columns.map(({ label, width, type }) => {
      const numFmt = NUMBER_FORMATS[type];
      return { header: label, width, ...(numFmt ? { numFmt } : {}) };
    }),
    freezePane: { rows: 1 },
  });

async function* rowsOf(
  list: List,
  batches: AsyncIterable<readonly (readonly Cell[])[]>,
  language: Language,
): AsyncGenerator<CellValue[]> {
  const values = (row: readonly Cell[]) =>
    list.columns.map(({ type }, index) => valueOf(row[index] ?? null, type));
  for await (const batch of batches) for (const row of batch) yield values(row);
  const totals = totalsOf({ ...list, rows: [] }, language);
  if (totals) yield values(totals);
}
