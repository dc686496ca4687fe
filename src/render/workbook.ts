import { strFromU8, strToU8, type Unzipped, unzipSync, zipSync } from 'fflate';
import * as XLSX from 'xlsx';
import type { Cell, Column, Document, Table } from './document.ts';
import { harmless } from './harmless.ts';
import { HEADING_SHEET, headingRows, NUMBER_FORMATS, sheetName, totalsOf, valueOf } from './spreadsheet.ts';

/** An Excel workbook: a sheet for each table, with a frozen heading and its sums, and one about the report. */
export function renderWorkbook(document: Document): Uint8Array {
  const book = XLSX.utils.book_new();
  book.Props = { Title: document.title, Author: document.company[0] ?? '' };
  for (const table of document.tables) {
    XLSX.utils.book_append_sheet(book, sheetOf(table, document), sheetName(table.title, book.SheetNames));
  }
  const about = XLSX.utils.aoa_to_sheet(headingRows(document).map((row) => row.map(harmless)));
  about['!cols'] = [{ wch: 32 }, { wch: 40 }];
  XLSX.utils.book_append_sheet(book, about, HEADING_SHEET[document.language]);
  const plain: ArrayBuffer = XLSX.write(book, { type: 'array', bookType: 'xlsx', bookSST: true });
  return dressed(new Uint8Array(plain), document.tables);
}

function sheetOf(table: Table, { language }: Document): XLSX.WorkSheet {
  const { columns, rows } = table;
  const totals = totalsOf(table, language);
  const head = columns.map(({ label }): XLSX.CellObject => ({ t: 's', v: label }));
  const body = (totals ? [...rows, totals] : rows).map((row) => cellsOf(row, columns));
  // An array of rows is the library's lighter kind of sheet.
  const sheet = [head, ...body] as unknown as XLSX.WorkSheet;
  const last = { r: body.length, c: columns.length - 1 };
  sheet['!ref'] = XLSX.utils.encode_range({ r: 0, c: 0 }, last);
  sheet['!cols'] = columns.map(({ width }) => ({ wch: width }));
  sheet['!autofilter'] = { ref: XLSX.utils.encode_range({ r: 0, c: 0 }, { r: rows.length, c: last.c }) };
  return sheet;
}

const cellsOf = (row: readonly Cell[], columns: readonly Column[]): (XLSX.CellObject | undefined)[] =>
  columns.map(({ type }, index) => {
    const value = valueOf(row[index] ?? null, type);
    if (value === null) return undefined;
    if (typeof value === 'string') return { t: 's', v: value };
    const format = NUMBER_FORMATS[type];
    return format ? { t: 'n', v: value, z: format } : { t: 'n', v: value };
  });

/** Adds what the library leaves out: the heading stays in sight, and it and the sums are bold. */
function dressed(plain: Uint8Array, tables: readonly Table[]): Uint8Array {
  const parts: Unzipped = unzipSync(plain);
  const edit = (name: string, change: (xml: string) => string) => {
    const part = parts[name];
    if (part) parts[name] = strToU8(change(strFromU8(part)));
  };
  let styles = 0;
  edit('xl/styles.xml', (xml) => {
    const known = /<cellXfs count="(\d+)">(.*?)<\/cellXfs>/s.exec(xml);
    styles = Number(known?.[1]);
    const bold = known?.[2]?.replaceAll('fontId="0"', 'fontId="1" applyFont="1"') ?? '';
    return xml
      .replace(/<fonts count="1">(<font>)(.*?)<\/fonts>/s, '<fonts count="2">$1$2$1<b/>$2</fonts>')
      .replace(
        /<cellXfs count="\d+">(.*?)<\/cellXfs>/s,
        `<cellXfs count="${2 * styles}">$1${bold}</cellXfs>`,
      );
  });
  for (const [index, { rows, totals }] of tables.entries()) {
    edit(`xl/worksheets/sheet${index + 1}.xml`, (xml) => {
      const seen = xml.replace('<sheetView workbookViewId="0"/>', FROZEN);
      return bold(bold(seen, 1, styles), totals ? rows.length + 2 : 1, totals ? styles : 0);
    });
  }
  return zipSync(parts, { level: 4 });
}

const FROZEN =
  '<sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView>';

/** Gives the cells of a row the bold twins of their styles, which lie `offset` behind them. */
function bold(xml: string, row: number, offset: number): string {
  const start = xml.indexOf(`<row r="${row}"`);
  const end = xml.indexOf('</row>', start);
  if (start < 0 || offset === 0) return xml;
  const cells = xml
    .slice(start, end)
    .replaceAll(
      /<c r="([A-Z]+\d+)"(?: s="(\d+)")?/g,
      (_, at: string, style = '0') => `<c r="${at}" s="${Number(style) + offset}"`,
    );
  return xml.slice(0, start) + cells + xml.slice(end);
}
