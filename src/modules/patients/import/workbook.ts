import { unzipSync, type Unzipped, zipSync } from 'fflate';
import { streamXlsxRows } from 'hucre/xlsx';
import { BadFile } from './bad-file.ts';
import { MAX_COLUMNS, MAX_ROWS, type Row } from './row.ts';

/** Bytes of the archive's parts together: ten times what a sheet of {@link MAX_ROWS} patients has. */
const MAX_UNPACKED = 100 * 1024 * 1024;

const TOO_LARGE = {
  es: 'El libro es demasiado grande una vez descomprimido.',
  en: 'The workbook is too large once it is unpacked.',
};
const UNREADABLE = {
  es: 'No se pudo leer el libro de Excel. Ábralo y guárdelo otra vez como .xlsx, o como CSV.',
  en: 'The Excel workbook could not be read. Open it and save it again as .xlsx, or as CSV.',
};
const TOO_WIDE = {
  es: 'Hay celdas más allá de la columna ZZ.',
  en: 'There are cells beyond column ZZ.',
};

/** A cell's place in a column of three letters (or one that is not written as plain letters). */
const FAR_CELL = /<(?:\w+:)?c\b[^>]*?\br\s*=\s*["'](?:[A-Za-z]{3}|[^"']*&)/;

/** The rows of a workbook's first sheet, with their numbers. @throws BadFile */
export async function* workbookRows(bytes: Uint8Array): AsyncGenerator<Row> {
  const harmless = repacked(bytes);
  try {
    for await (const { index, values } of streamXlsxRows(harmless, { maxRows: MAX_ROWS + 2 })) {
      yield { number: index + 1, cells: values.slice(0, MAX_COLUMNS) };
    }
  } catch (error) {
    throw error instanceof BadFile ? error : new BadFile(UNREADABLE);
  }
}

/**
 * The same workbook as an archive of ours, so that the reader sees exactly what was checked. The reader keeps every
 * row as wide as its last cell: a file of 9 kB with a cell in the last column of 50,000 rows would take 8 GB.
 */
function repacked(bytes: Uint8Array): Uint8Array {
  const parts = unpacked(bytes);
  for (const [name, content] of Object.entries(parts)) {
    if (/worksheets\/[^/]+\.xml$/i.test(name) && FAR_CELL.test(new TextDecoder().decode(content)))
      throw new BadFile(TOO_WIDE);
  }
  return zipSync(parts, { level: 0 });
}

/** Only what a reader of cells needs, and no more than {@link MAX_UNPACKED}: a part never outgrows its stated size. */
function unpacked(bytes: Uint8Array): Unzipped {
  let size = 0;
  try {
    return unzipSync(bytes, {
      filter: ({ name, originalSize }) => {
        if (!/\.(?:xml|rels)$/i.test(name)) return false;
        size += originalSize;
        if (size > MAX_UNPACKED) throw new BadFile(TOO_LARGE);
        return true;
      },
    });
  } catch (error) {
    throw error instanceof BadFile ? error : new BadFile(UNREADABLE);
  }
}
