import { strFromU8, unzipSync } from 'fflate';
import * as XLSX from 'xlsx';
import { createArchive } from './archive.ts';
import type { Cell, CellType, Heading, Table } from './document.ts';
import { harmless } from './harmless.ts';
import { HEADING_SHEET, headingRows, NUMBER_FORMATS, sheetName, totalsOf, valueOf } from './spreadsheet.ts';

type Rows = readonly (readonly Cell[])[];

/** A list that may be long: `size` rows, which come some at a time. */
export type Sheet = Omit<Table, 'rows'> & { size: number; batches: Iterable<Rows> | AsyncIterable<Rows> };

/** A table that is in memory. */
export const sheetOf = ({ rows, ...table }: Table): Sheet => ({
  ...table,
  size: rows.length,
  batches: [rows],
});

/** Characters of a sheet that are packed together: a moment's work, so that requests get in between. */
const PIECE = 32 * 1_024;

/**
 * An Excel workbook: the sheets, each with a frozen heading and its sums, and one about the report. It is written while
 * the rows are read, so that memory stays flat, whatever their number. All but the rows is the library's, which takes
 * ten times as long for them.
 */
export async function* writeWorkbook(heading: Heading, sheets: readonly Sheet[]): AsyncGenerator<Uint8Array> {
  const archive = createArchive();
  const frame = frameOf(heading, sheets);
  for (const [path, xml] of frame.others) archive.add(path)(xml, true);
  for (const [index, sheet] of sheets.entries()) {
    const { columns, batches } = sheet;
    const { before, behind, styles, bold } = frame.around(index);
    const headRow = rowWriter(columns.map(() => ({ type: 'text', style: bold })));
    const row = rowWriter(columns.map(({ type }, at) => ({ type, style: styles[at] ?? 0 })));
    const totalsRow = rowWriter(columns.map(({ type }, at) => ({ type, style: (styles[at] ?? 0) + bold })));
    const labels = columns.map(({ label }) => label);
    const write = archive.add(sheetPath(index));
    let number = 1;
    let xml = `${before}<sheetData>${headRow(labels, number)}`;
    for await (const rows of batches) {
      for (const cells of rows) {
        xml += row(cells, (number += 1));
        if (xml.length < PIECE) continue;
        write(xml);
        xml = '';
      }
      yield* archive.take();
    }
    const totals = totalsOf(sheet, heading.language);
    if (totals) xml += totalsRow(totals, number + 1);
    write(`${xml}</sheetData>${behind}`, true);
  }
  archive.end();
  yield* archive.take();
}

/** Makes the function that writes a row of a sheet. */
function rowWriter(columns: readonly { type: CellType; style: number }[]) {
  const ways = columns.map(({ type, style }, index) => ({
    type,
    letters: XLSX.utils.encode_col(index),
    style: style > 0 ? ` s="${style}"` : '',
  }));
  return (cells: readonly Cell[], number: number): string => {
    let xml = `<row r="${number}">`;
    for (const [index, { type, letters, style }] of ways.entries()) {
      const value = valueOf(cells[index] ?? null, type);
      if (value === null) continue;
      xml += `<c r="${letters}${number}"${style}`;
      xml +=
        typeof value === 'string'
          ? ` t="inlineStr"><is><t xml:space="preserve">${escaped(value)}</t></is></c>`
          : `><v>${value}</v></c>`;
    }
    return `${xml}</row>`;
  };
}

/** What XML would read as something else, or does not have: `_x0001_` is how a workbook writes that. */
const SPECIAL = /[&<>\uFFFE\uFFFF[\p{Cc}--[\t\n]]]|_(?=x[\dA-Fa-f]{4}_)/gv;
const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

const escaped = (text: string): string =>
  text.replaceAll(
    SPECIAL,
    (letter) => ENTITIES[letter] ?? `_x${letter.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}_`,
  );

const sheetPath = (index: number): string => `xl/worksheets/sheet${index + 1}.xml`;

/** The workbook without its rows. */
function frameOf(heading: Heading, sheets: readonly Sheet[]) {
  const book = XLSX.utils.book_new();
  book.Props = { Title: heading.title, Author: heading.company[0] ?? '' };
  for (const sheet of sheets)
    XLSX.utils.book_append_sheet(book, emptySheet(sheet), sheetName(sheet.title, book.SheetNames));
  const about = XLSX.utils.aoa_to_sheet(headingRows(heading).map((row) => row.map(harmless)));
  about['!cols'] = [{ wch: 32 }, { wch: 40 }];
  XLSX.utils.book_append_sheet(book, about, HEADING_SHEET[heading.language]);
  const packed: ArrayBuffer = XLSX.write(book, { type: 'array', bookType: 'xlsx', bookSST: true });
  const files = Object.entries(unzipSync(new Uint8Array(packed)));
  const parts = new Map(files.map(([path, bytes]) => [path, strFromU8(bytes)]));
  const paths = sheets.map((_, index) => sheetPath(index));
  const { styles, bold } = withBold(parts.get(STYLES) ?? '');
  parts.set(STYLES, styles);
  return {
    others: [...parts].filter(([path]) => !paths.includes(path)),
    /** What stands before and behind the rows of a sheet, its columns' styles, and how far behind them bold ones are. */
    around(index: number) {
      const [, head = '', rows = '', behind = ''] = SHEET.exec(parts.get(paths[index] ?? '') ?? '') ?? [];
      const shown = [...rows.matchAll(STYLE)].map(([, letters = '', style]) => [
        XLSX.utils.decode_col(letters),
        Number(style),
      ]);
      const before = head.replace('<sheetView workbookViewId="0"/>', FROZEN);
      return { before, behind, styles: Object.fromEntries(shown) as Record<number, number>, bold };
    },
  };
}

const STYLES = 'xl/styles.xml';
const SHEET = /^(.*?)<sheetData(?:\/>|>(.*)<\/sheetData>)(.*)$/s;
const STYLE = /<c r="([A-Z]+)1" s="(\d+)"/g;
const FROZEN =
  '<sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView>';

/** A sheet that shows each column's format in one row, which the rows take the place of. */
function emptySheet({ columns, size, totals }: Sheet): XLSX.WorkSheet {
  const formats = columns.map(({ type }) => NUMBER_FORMATS[type]);
  const shown = formats.map((z): XLSX.CellObject | undefined => (z ? { t: 'n', v: 0, z } : undefined));
  // An array of rows is the library's lighter kind of sheet.
  const sheet = [shown] as unknown as XLSX.WorkSheet;
  const last = columns.length - 1;
  sheet['!ref'] = XLSX.utils.encode_range({ r: 0, c: 0 }, { r: size + (totals ? 1 : 0), c: last });
  sheet['!cols'] = columns.map(({ width }) => ({ wch: width }));
  sheet['!autofilter'] = { ref: XLSX.utils.encode_range({ r: 0, c: 0 }, { r: size, c: last }) };
  return sheet;
}

/** Adds a bold twin of every style, as far behind it as there are styles: the library writes none. */
function withBold(xml: string): { styles: string; bold: number } {
  const [, count = '0', plain = ''] = /<cellXfs count="(\d+)">(.*?)<\/cellXfs>/s.exec(xml) ?? [];
  const bold = plain.replaceAll('fontId="0"', 'fontId="1" applyFont="1"');
  const styles = xml
    .replace(/<fonts count="1">(<font>)(.*?)<\/fonts>/s, '<fonts count="2">$1$2$1<b/>$2</fonts>')
    .replace(/<cellXfs .*?<\/cellXfs>/s, `<cellXfs count="${2 * Number(count)}">${plain}${bold}</cellXfs>`);
  return { styles, bold: Number(count) };
}
