import { BadFile } from './bad-file.ts';
import { csvRows, UTF16 } from './csv.ts';
import { rests } from './rest.ts';
import { MAX_ROWS, type Row } from './row.ts';
import { workbookRows } from './workbook.ts';

/** The kinds of file that are taken; null for any other. Told by the content: names and types are the sender's word. */
export function formatOf(bytes: Uint8Array): 'xlsx' | 'csv' | null {
  if (startsWith(bytes, [0x50, 0x4b, 0x03, 0x04])) return 'xlsx';
  if (bytes.length === 0) return null;
  if (startsWith(bytes, UTF16)) return 'csv';
  const isBinary = bytes.subarray(0, 8_192).some((byte) => byte < 9 || (byte > 13 && byte < 32));
  return isBinary ? null : 'csv';
}

const startsWith = (bytes: Uint8Array, start: readonly number[]): boolean =>
  start.every((byte, index) => bytes[index] === byte);

const TOO_LONG = {
  es: `El archivo tiene más de ${MAX_ROWS} filas. Divídalo.`,
  en: `The file has more than ${MAX_ROWS} rows. Split it.`,
};

/** The file's rows that hold anything, the titles first. @throws BadFile */
export async function readRows(bytes: Uint8Array): Promise<Row[]> {
  const rows: Row[] = [];
  const rest = rests();
  for await (const row of formatOf(bytes) === 'xlsx' ? workbookRows(bytes) : csvRows(bytes)) {
    if (row.cells.every((cell) => cell === null || cell === '')) continue;
    rows.push(row);
    await rest();
    if (rows.length > MAX_ROWS + 1) throw new BadFile(TOO_LONG);
  }
  return rows;
}
