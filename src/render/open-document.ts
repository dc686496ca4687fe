import { writeOds } from 'hucre/ods';
import type { CellValue } from 'hucre';
import type { Column, Document, Table } from './document.ts';
import { harmless } from './harmless.ts';
import { HEADING_SHEET, headingRows, NUMBER_FORMATS, sheetName, totalsOf, valueOf } from './spreadsheet.ts';

/** An OpenDocument spreadsheet, with the sheets of the Excel workbook; xlsx writes none with formats of numbers. */
export function renderOpenDocument(document: Document): Promise<Uint8Array> {
  const names: string[] = [];
  for (const { title } of document.tables) names.push(sheetName(title, names));
  const tables = document.tables.map((table, index) => sheetOf(table, names[index] ?? '', document));
  const about = headingRows(document).map((row) => row.map(harmless));
  return writeOds({
    sheets: [...tables, { name: HEADING_SHEET[document.language], rows: about }],
    properties: { title: document.title, creator: document.company[0] ?? '' },
  });
}

function sheetOf(table: Table, name: string, { language }: Document) {
  const totals = totalsOf(table, language);
  const rows = (totals ? [...table.rows, totals] : table.rows).map((row) =>
    table.columns.map((column, index) => cellOf(row[index] ?? null, column)),
  );
  return {
    name,
    columns: table.columns.map(({ width, type }) => {
      const numFmt = NUMBER_FORMATS[type];
      return { width, ...(numFmt ? { numFmt } : {}) };
    }),
    rows: [table.columns.map(({ label }) => label), ...rows],
  };
}

/** Days and times of day go in as dates, which the format writes out in words of ISO 8601. */
function cellOf(cell: string | number | null, { type }: Column): CellValue {
  const value = valueOf(cell, type);
  if (typeof value !== 'number' || !(type === 'date' || type === 'datetime')) return value;
  return new Date(Math.round((value - UNIX_EPOCH) * MS_OF_DAY));
}

const UNIX_EPOCH = 25_569;
const MS_OF_DAY = 86_400_000;
