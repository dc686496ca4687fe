import { streamCsvRows } from 'hucre/csv';
import { MAX_COLUMNS, type Row } from './row.ts';

/** Excel writes this line to name the separator. */
const SEPARATOR_LINE = /^sep=(.)\r?\n/i;

/** The mark of Excel's "Unicode text". */
export const UTF16 = [0xff, 0xfe];

/** The rows of a CSV file, with their numbers; separated by commas, semicolons or tabs. */
export function* csvRows(bytes: Uint8Array): Generator<Row> {
  const text = decode(bytes);
  const separator = SEPARATOR_LINE.exec(text);
  const body = separator ? text.slice(separator[0].length) : text;
  let number = separator ? 1 : 0;
  // What a spreadsheet would have taken for a formula has an apostrophe before it in the files that we give out.
  const options = { unescapeFormulae: true, ...(separator?.[1] ? { delimiter: separator[1] } : {}) };
  for (const cells of streamCsvRows(body, options)) {
    number += 1;
    yield { number, cells: cells.slice(0, MAX_COLUMNS) };
  }
}

/** Text as Excel saves it: UTF-8 with or without a mark, UTF-16, or the Windows code page of Latin America. */
function decode(bytes: Uint8Array): string {
  if (UTF16.every((byte, index) => bytes[index] === byte)) return new TextDecoder('utf-16le').decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}
