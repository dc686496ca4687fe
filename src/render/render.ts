import { csvHead, csvLines } from './csv.ts';
import type { Document } from './document.ts';
import type { Format } from './formats.ts';
import { renderOpenDocument } from './open-document.ts';
import { renderPdf } from './pdf.ts';
import { sheetOf, writeWorkbook } from './workbook.ts';

/** The document as a file; CSV has the first table alone. For worker threads: it keeps the thread busy. */
export async function render(document: Document, format: Format): Promise<Uint8Array> {
  switch (format) {
    case 'xlsx':
      return joined(writeWorkbook(document, document.tables.map(sheetOf)));
    case 'ods':
      return renderOpenDocument(document);
    case 'csv': {
      const [table] = document.tables;
      const { columns = [], rows = [] } = table ?? {};
      return new TextEncoder().encode(csvHead(columns) + csvLines(columns, rows));
    }
    default:
      return renderPdf(document, format);
  }
}

async function joined(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  return Bun.concatArrayBuffers(await Array.fromAsync(pieces), Infinity, true);
}
